# The app's words, on every platform. The terminal reads this file; strings.xml and the String Catalog are written
# from it. Titles and words: design/README.md.

# The product's name. Not translated.
product = Countersign
