"""The one hierarchy of errors: a stable code, an exit code, a message that says what to do.

It lives in the first room so that every room can raise from it. `code` never changes once
published: programs switch on it, over HTTP (problem+json) and in `--json` output alike.
"""

from typing import ClassVar


class SanadError(Exception):
    """Base of all errors that Sanad raises on purpose.

    `str(error)` says what happened and what to do next. `status` is the HTTP status that fits,
    kept here as a plain number so that the rooms need not know HTTP.
    """

    code: ClassVar[str] = "internal"
    exit_code: ClassVar[int] = 1
    status: ClassVar[int] = 500

    @property
    def for_operator(self) -> str:
        """The message with its notes, which name what strangers need not know: paths, hosts."""
        return " ".join((str(self), *getattr(self, "__notes__", ())))


class InputError(SanadError):
    """What the caller sent cannot be worked on; sending it again unchanged will not help."""

    code = "input_invalid"
    exit_code = 2
    status = 422


class QuestionEmptyError(InputError):
    """The question holds nothing to answer."""

    code = "question_empty"


class QuestionTooLongError(InputError):
    """The question exceeds the limit; it is refused rather than cut, for a cut changes meaning."""

    code = "question_too_long"


class QuestionNotTextError(InputError):
    """The question holds bytes or control characters that no person types."""

    code = "question_not_text"


class HistoryTooLongError(InputError):
    """More earlier turns than the assistant reads."""

    code = "history_too_long"


class UnsupportedError(InputError):
    """The call asks for something that Sanad does not do and that would change the answer."""

    code = "unsupported"
    status = 400


class ModelUnknownError(InputError):
    """A program asks for a model by a name that is not Sanad's."""

    code = "model_unknown"
    status = 404


class RecordClosedError(InputError):
    """The record is put aside and takes nothing more."""

    code = "record_closed"
    status = 409


class PathMissingError(InputError):
    """A folder or file named by the caller does not exist."""

    code = "path_missing"


class SettingsError(InputError):
    """A setting has a value that cannot be used."""

    code = "settings_invalid"


class DatasetError(InputError):
    """A file of questions, grades or labels breaks its layout; what is left of it would mislead."""

    code = "dataset_invalid"


class CorpusError(SanadError):
    """A sheet, the sources or the directory break the schema of `corpus/README.md`."""

    code = "corpus_invalid"
    exit_code = 4
    status = 500


class ExtractError(SanadError):
    """One file could not be turned into text; the others go on."""

    code = "extract_failed"
    exit_code = 3


class QuarantinedError(ExtractError):
    """One file could be read and is held back until somebody has looked at it."""

    code = "quarantined"


class SandboxError(SanadError):
    """The process in which foreign files are read cannot be started; no file is to blame."""

    code = "sandbox_failed"


class FetchError(SanadError):
    """An address could not be fetched, or may not be; the copy of an earlier run stays."""

    code = "fetch_failed"
    exit_code = 3
    status = 502


class PassingError(FetchError):
    """A failure that may be gone in a moment; one more attempt is worth it.

    `wait` is the number of seconds that the server asks to be left alone, None if it does not say.
    """

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


class IndexMissingError(SanadError):
    """There is no published generation to serve."""

    code = "index_missing"
    exit_code = 5
    status = 503


class IndexDamagedError(SanadError):
    """A file of the generation is missing, altered or of another format; nothing of it is used."""

    code = "index_damaged"
    exit_code = 5
    status = 503


class IndexOutdatedError(IndexDamagedError):
    """The generation is whole but of a format that another version of Sanad reads."""


class IndexMismatchError(SanadError):
    """The generation was built with another embedding model than the one configured."""

    code = "index_mismatch"
    exit_code = 5
    status = 503


class ModelMissingError(SanadError):
    """A model that the settings ask for is not on this machine."""

    code = "model_missing"
    exit_code = 6
    status = 503


class ModelDamagedError(SanadError):
    """A model file differs from its published hash and is not loaded."""

    code = "model_damaged"
    exit_code = 6
    status = 503


class ModelUnsupportedError(SanadError):
    """A model, or this machine, cannot take the faster way to run it; the slower one is left."""

    code = "model_unsupported"
    exit_code = 6
    status = 503


class DownloadError(SanadError):
    """No source of a model could be reached or gave the right bytes."""

    code = "download_failed"
    exit_code = 6
    status = 503


class LanguageModelError(SanadError):
    """The language model is away, slow or answers outside its schema."""

    code = "language_model_failed"
    exit_code = 6
    status = 502


class StorageError(SanadError):
    """The disk refused a write: full, read-only or not ours. Nothing half-written is left."""

    code = "storage_failed"
    exit_code = 7
    status = 507


class PortInUseError(SanadError):
    """Another program listens on the address that was asked for."""

    code = "port_in_use"
    exit_code = 8


class OverloadedError(SanadError):
    """More is asked than can be answered in time; nothing was worked on.

    `wait` is after how many seconds it may be asked again.
    """

    code = "overloaded"
    exit_code = 11
    status = 429

    def __init__(self, message: str, wait: int | None = None) -> None:
        super().__init__(message)
        self.wait = wait


class ShuttingDownError(OverloadedError):
    """This process is about to end and takes nothing more; another one, or its successor, will."""

    code = "shutting_down"
    status = 503


class DocumentMissingError(SanadError):
    """No document has this id in the current generation."""

    code = "document_missing"
    exit_code = 2
    status = 404


class RecordMissingError(SanadError):
    """No record has this id, or not for whoever asks."""

    code = "record_missing"
    exit_code = 2
    status = 404


class DatabaseDownError(SanadError):
    """The database of records cannot be reached or written; nothing of the call was kept."""

    code = "database_down"
    exit_code = 12
    status = 503


class DatabaseOutdatedError(SanadError):
    """The database was made by another version and has to be migrated first."""

    code = "database_outdated"
    exit_code = 12
    status = 503


class BackupDamagedError(InputError):
    """A file is no backup of records, or not as it was written; nothing was restored from it."""

    code = "backup_damaged"


class NotSignedInError(SanadError):
    """The call needs somebody to be signed in, or a key, and what it brought does not count."""

    code = "not_signed_in"
    exit_code = 13
    status = 401


class SignInFailedError(SanadError):
    """Name and password do not belong together; which of both is wrong is not told."""

    code = "sign_in_failed"
    exit_code = 13
    status = 401


class IssuerError(SanadError):
    """The issuer at which people sign in cannot be reached, or does not answer as one."""

    code = "issuer_failed"
    exit_code = 13
    status = 502


class ForbiddenError(SanadError):
    """Whoever calls is known and may not do this."""

    code = "forbidden"
    exit_code = 13
    status = 403


class StaffNotSetUpError(SanadError):
    """Nobody was ever given access to the staff side, so nobody has it."""

    code = "staff_not_set_up"
    exit_code = 13
    status = 403


class CrossSiteError(SanadError):
    """A change was asked for from another site's page, or without the token of this one's."""

    code = "cross_site"
    exit_code = 13
    status = 403


class RateLimitError(OverloadedError):
    """One caller asks for more than its share; the others are not to wait for it."""

    code = "rate_limited"


class LockedOutError(OverloadedError):
    """Too many failed attempts to sign in; further ones are not even looked at for a while."""

    code = "locked_out"
