"""Whether an entry answers a question: features, objections, the judge and how it is fitted."""
