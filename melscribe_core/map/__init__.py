"""Wing: descriptor sets -> a map of the library, one HTML file.

Reading order: layout (vectors -> places on a plane, t-SNE), families (sets -> genre families, which
give the colours), regions (places -> parts of the map and their names), page (all of it -> the
file).

What the page shows is a field of `page.Sheet`, passed on by `page.data_of` and drawn by page.js;
page.html and page.css are its frame. The file needs no network.
"""
