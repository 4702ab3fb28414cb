product = Countersign
