"""Foreign: requests in other languages than English, read by the rules in their folders.

Reading order: scene (how a request is split and compared), glossing (words of the language ->
English descriptors), translated (a descriptor that keeps the words it was read of), names, unwanted
and terms (what slots read), meanings and conditions (what the rules in rules.txt may say), language
(a folder of melscribe_core/languages/data, compiled), unread (negations that no rule could read).

The engine is the grammar of English: patterns, terms and rules are the same classes. A language is
added as a folder of data, without a line of Python: see CONTRIBUTING.md.
"""
