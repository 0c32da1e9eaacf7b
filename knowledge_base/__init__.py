"""The Q&A knowledge base (咨询答问库): search, verification, growth, exchange."""
