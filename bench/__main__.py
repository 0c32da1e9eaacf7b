"""`make bench`: everything that is measured, one after the other."""

from bench import search, sweep

print("— sweep over open cases —")
sweep.main()
print("— knowledge base —")
search.main(20_000)
