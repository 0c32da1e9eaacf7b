"""The classifier's versions for the console: what they measure, and going back to one."""

from dataclasses import dataclass
from typing import Any

from app.wiring import Services
from cases.register.desk import Actor
from cases.register.errors import Invalid
from classifier.errors import ClassifierError


@dataclass(frozen=True, slots=True)
class KeptVersions:
    services: Services

    def versions(self) -> list[dict[str, Any]]:
        from app.keep import training  # scikit-learn is loaded when somebody looks

        return training.versions(self.services)

    def use(self, version: str, actor: Actor) -> None:
        """Raises: NotFound for a version that is not kept; Invalid if it is altered."""
        from app.keep import training

        try:
            training.use(self.services, version, actor)
        except ClassifierError as error:
            raise Invalid(str(error)) from None
