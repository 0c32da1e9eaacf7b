"""`make bench`: everything that is measured, one after the other."""

from bench import comments, pushes, search, sweep

print("— sweep over open cases —")
sweep.main()
print("— pushes from WeChat —")
pushes.main()
print("— comments under articles —")
comments.main()
print("— knowledge base —")
search.main(20_000)
