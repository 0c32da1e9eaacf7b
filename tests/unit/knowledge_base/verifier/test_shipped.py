from knowledge_base.verifier.shipped import built_in_verifier, version


def test_the_shipped_verifier_was_made_from_what_is_here() -> None:
    assert built_in_verifier().version == version(), "run: make models"
