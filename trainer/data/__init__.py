"""Wing: data sets -> tracks with captions and tags -> training pairs; retrieval tests on disk.

Reading order: rows (file formats), beir (retrieval tests), datasets (captions and requests),
sentences (what a sentence names), genres (neighbours in a tree), queries (a query with the
texts that answer it), renderings (queries in other languages, of glossaries), pairs (queries with
their positives), sources (the data of one run), generate (requests and captions written by a
model), instruct (the model that writes them).

prompts/ and requests/ hold our own data. A new data set gets a reader in datasets and a field in
`Sources`; a new augmentation gets an option in `PairOptions` that is off by default.
"""
