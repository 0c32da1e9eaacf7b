"""`make bench`: product and peers in one run, then everything else that is measured, one after the other.

`--quick` (QUICK=1) runs the comparison alone, as a smoke test within a minute.
"""

import sys

from bench import comments, pushes, search, sweep
from bench.beside import __main__ as beside

ended = beside.main()
if ended or "--quick" in sys.argv[1:]:
    sys.exit(ended)

print("— sweep over open cases —")
sweep.main()
print("— pushes from WeChat —")
pushes.main()
print("— comments under articles —")
comments.main()
print("— knowledge base —")
search.main(20_000)
