"""What a client may say. What the server says is described where all districts are known (elbowroom/protocol.py)."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

PLACE = r"^[a-z]{1,20}(/[1-9][0-9]{0,14})?$"  # one name for each place
MOST = 2**53  # beyond it neither a page nor the store counts


class Said(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class Resume(Said):
    epoch: str = Field(max_length=64)
    position: int = Field(ge=0, le=MOST)
    mark: int = Field(ge=0, le=MOST)


class Hello(Said):
    """First of all. `tab` names the tab, `nonce` this load of the page."""

    type: Literal["hello"]
    tab: str = Field(min_length=1, max_length=64)
    nonce: str = Field(min_length=1, max_length=64)
    resume: Resume | None = None


class Watch(Said):
    """Hear a place. `known`: a state of it is at hand; only what was missed is sent where the resume position fits."""

    type: Literal["watch"]
    place: str = Field(pattern=PLACE)
    known: bool = False


class Unwatch(Said):
    type: Literal["unwatch"]
    place: str = Field(pattern=PLACE)


class Here(Said):
    """Where this tab is and what is done there; `writing_*` lapses 10 s after the last such message."""

    type: Literal["here"]
    place: str | None = Field(pattern=PLACE)
    doing: Literal["viewing", "writing_reply", "writing_note", "idle"] = "viewing"
    input: bool = True


class Pong(Said):
    type: Literal["pong"]
    n: int = 0


ClientMessage = Annotated[Hello | Watch | Unwatch | Here | Pong, Field(discriminator="type")]
heard: TypeAdapter[Hello | Watch | Unwatch | Here | Pong] = TypeAdapter(ClientMessage)
