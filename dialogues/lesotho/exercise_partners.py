"""An officer of the exercise adds a partner, whose name is public."""

from dataclasses import dataclass
from typing import Annotated

from dialogues.actions.partners import add_partner
from dialogues.choices import PartnerKind
from dialogues.lesotho.exercise_actions import AccountKey, Scene
from tiptracker.data_files import Names


@dataclass(frozen=True, slots=True)
class AddPartner:
    """An officer adds an organization outside government."""

    by: AccountKey
    name: Annotated[str, Names("partner of the exercise")]
    kind: PartnerKind
    note: str = ""

    def play(self, scene: Scene) -> None:
        add_partner(country=scene.country, name=self.name, kind=self.kind, note=self.note, **scene.signed(self.by))
