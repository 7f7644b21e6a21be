"""Every error qifu raises on purpose.

QifuError
├── SettingsError      a setting is missing or makes no sense; names the setting
├── SeedError          a seed file is wrong; carries every finding as file:line: message
├── StoreError         the database can't be reached, is full or is of another version
├── UnderstandingError Rasa can't be reached or answered nonsense
│   └── UnderstandingTimeout   Rasa didn't answer in time
├── TrainingError      a model couldn't be trained; carries Rasa's last lines
├── ModelError         a version of the model can't be trained, published or measured now; carries the reason's code
├── EditError          trainers' data can't be changed like that; carries the reason's code
├── ServiceError       a process can't start: port taken, already running, no disk
├── ChannelError       a messenger refused: wrong token, message not deliverable
├── AccountError       a staff account can't be made or changed like that; carries the reason's code
└── DeskError          the desk refuses: not the owner, wrong state, too many; carries the reason's code
"""


class QifuError(Exception):
    """Base of all; `str()` is a sentence that names the thing and the remedy."""


class SettingsError(QifuError):
    """A setting is missing or makes no sense."""


class SeedError(QifuError):
    """One or more findings in seed files, each `file:line: message`."""

    def __init__(self, findings: list[str]) -> None:
        super().__init__("\n".join(findings))
        self.findings = findings


class StoreError(QifuError):
    """The database can't be reached or used."""


class UnderstandingError(QifuError):
    """Rasa can't be reached or answered something unreadable."""


class UnderstandingTimeout(UnderstandingError):
    """Rasa didn't answer within the set time."""


class TrainingError(QifuError):
    """A model couldn't be trained."""


class ModelError(QifuError):
    """A version of the model refuses. `code` is a key of the console's words (`model_error`), `values` fill them."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


class EditError(QifuError):
    """Trainers' data refuse an edit; nothing was changed.

    `code` is a key of the console's words (`edit_error`), `values` fill them.
    """

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(f"{code}: {', '.join(f'{name} {value}' for name, value in values.items())}")
        self.code = code
        self.values = values


class ServiceError(QifuError):
    """A process of qifu can't start or keep running."""


class ChannelError(QifuError):
    """A messenger refused a request."""


class AccountError(QifuError):
    """A staff account can't be made or changed like that; `str()` is a code whose words the console's wording holds."""


class DeskError(QifuError):
    """The desk refuses. `code` is a key of bot/desk/wording.yml under `refusals`, `values` fill its words."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values
