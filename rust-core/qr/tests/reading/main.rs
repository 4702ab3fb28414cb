//! The reader as a shell uses it: drawn codes in frames and files, and what must not be read.

#[cfg(test)]
mod drawing;
#[cfg(test)]
mod files;
#[cfg(test)]
mod frames;
#[cfg(test)]
mod hostile;
