"""Every refusal a user can meet. One class, one HTTP status, one stable code.

The Chinese and English words for each code are in static/shared/messages/{zh,en}.json, read by
the server and the pages alike; a test holds the two together.
"""

from __future__ import annotations


class Refused(Exception):
    """A request the rules do not allow; shown to the user, never a 500.

    `code` is part of the API. `values` fill the blanks of the message
    ("手机号少 {missing} 位"); `detail` is for logs only.
    """

    code = "refused"
    status = 400

    def __init__(self, detail: str = "", **values: object) -> None:
        super().__init__(detail or self.code)
        self.detail = detail
        self.values = values


class BadPayload(Refused):
    """The request's fields do not fit; `fields` names each and why."""

    code = "bad_payload"


class NotSignedIn(Refused):
    code = "not_signed_in"
    status = 401


class SignInFailed(Refused):
    """Wrong name or wrong password: the two look the same on purpose."""

    code = "sign_in_failed"
    status = 401


class BadCsrf(Refused):
    code = "bad_csrf"
    status = 403


class NotYours(Refused):
    code = "not_yours"
    status = 403


class NotFound(Refused):
    code = "not_found"
    status = 404


class MethodNotAllowed(Refused):
    code = "method_not_allowed"
    status = 405


class TooLarge(Refused):
    code = "too_large"
    status = 413


class TooMany(Refused):
    """Tried too often; `seconds` until the next try is allowed."""

    code = "too_many"
    status = 429


class MoveRefused(Refused):
    """The thing is not in a status from which this step is possible."""

    code = "move_refused"
    status = 409


class ChangedMeanwhile(Refused):
    """Somebody else changed the same record between reading and writing."""

    code = "changed_meanwhile"
    status = 409


class KeyReused(Refused):
    """An Idempotency-Key came back with another request."""

    code = "key_reused"
    status = 422


class DoubleBooked(Refused):
    """The expert already has an appointment in that time."""

    code = "double_booked"
    status = 409


class BadIdentifier(Refused):
    code = "bad_identifier"


class SpreadsheetRefused(Refused):
    """The file as a whole cannot be read; `cause` says why."""

    code = "spreadsheet_refused"


class NothingToPlan(Refused):
    code = "nothing_to_plan"
    status = 409


class PlanRefused(Refused):
    """What is to be planned makes no sense; `thing` and `cause` say what and why."""

    code = "plan_refused"
    status = 409


class PlanOutdated(Refused):
    """Cases or calendars changed since the plan was made."""

    code = "plan_outdated"
    status = 409


class CannotBeThere(Refused):
    """An appointment cannot be put where it is wanted; `cause` names the rule."""

    code = "cannot_be_there"
    status = 409


class OfferTaken(Refused):
    """An appointment that was offered cannot be made any more."""

    code = "offer_taken"
    status = 409


class LinkInvalid(Refused):
    """The join link is unknown, expired or revoked: which of them is in the log only."""

    code = "link_invalid"
    status = 410


class SurveyPutOff(LinkInvalid):
    """The appointment of this link was taken back: the applicant need not do anything.

    `bureau`, `bureau_en` and `phone` say whom they may call; `cause` "moved": there is a new time.
    """

    code = "survey_put_off"


class ConsentMissing(Refused):
    code = "consent_missing"
    status = 409


class QuestionRefused(Refused):
    """A viewer's question is not taken; `cause` says why."""

    code = "question_refused"
    status = 409


class NoScript(Refused):
    """No checklist has been published for this item type."""

    code = "no_script"
    status = 409


class ScriptFaulty(Refused):
    """A workbook is no sound script: `faults` names row, problem and cure of each of `n`."""

    code = "script_faulty"
    status = 422


class ScriptNotConfirmed(Refused):
    """The bureau has yet to confirm `n` things in the script; `names` says which."""

    code = "script_not_confirmed"
    status = 409


class AnswerNotValid(Refused):
    """The value does not fit the point; `cause` says how."""

    code = "answer_not_valid"


class EvidenceNotAccepted(Refused):
    """The file is no picture, too big, or not what its digest says; `cause` says which."""

    code = "evidence_not_accepted"
    status = 422


class NoLongerTaken(Refused):
    """What a phone kept while it had no network is not taken any more; `cause` says why."""

    code = "no_longer_taken"
    status = 409


class ChecklistIncomplete(Refused):
    """Answers or photos are still missing; `points` names them."""

    code = "checklist_incomplete"
    status = 409


class FindingNotSupported(Refused):
    """The finding contradicts the answers, and no reason was given."""

    code = "finding_not_supported"
    status = 409


class AlreadyRecused(Refused):
    """Officer `name` must not judge this applicant as it is."""

    code = "already_recused"
    status = 409


class OfficerRecused(Refused):
    """Officer `name` of the crew must not judge this applicant: somebody else has to come."""

    code = "officer_recused"
    status = 409


class SignatureMissing(Refused):
    """An officer of the crew has not signed, or something else; `roles` says who."""

    code = "signature_missing"
    status = 409


class EvidenceDamaged(Refused):
    """An original is missing or no longer what was received; `numbers` names the pieces."""

    code = "evidence_damaged"
    status = 409


class FilesUnavailable(Refused):
    """The store of originals does not answer; nothing was kept, and the same may be sent again."""

    code = "files_unavailable"
    status = 503


class RecordNotReady(Refused):
    code = "record_not_ready"
    status = 409


class MediaUnavailable(Refused):
    code = "media_unavailable"
    status = 503


class NotDue(Refused):
    """The recordings of case `number` are still to be kept."""

    code = "not_due"
    status = 409


class RecordingHeld(Refused):
    """Somebody holds the recordings of case `number`."""

    code = "recording_held"
    status = 409


class SamePerson(Refused):
    """It takes two people: who proposed it cannot confirm it."""

    code = "same_person"
    status = 409


class NoPicture(Refused):
    """A still was asked for while no picture arrives from the phone."""

    code = "no_picture"
    status = 409


class CameraCannot(Refused):
    """The applicant's camera has no torch, no zoom, or is the only one: `cause` says which."""

    code = "camera_cannot"
    status = 409


class AlreadyFrozen(Refused):
    """A still is being shown to the applicant: it is kept or given up before the next."""

    code = "already_frozen"
    status = 409


class NothingFrozen(Refused):
    """No still is shown to the applicant, or another one than was meant."""

    code = "nothing_frozen"
    status = 409


class DrawingFull(Refused):
    """As much was drawn or pointed at as may be: `cause` says of what."""

    code = "drawing_full"
    status = 409


def every_refusal() -> list[type[Refused]]:
    """All classes above, for the test that each has its words in both languages."""
    return [Refused, *_below(Refused)]


def _below(kind: type[Refused]) -> list[type[Refused]]:
    return [found for sub in kind.__subclasses__() for found in (sub, *_below(sub))]
