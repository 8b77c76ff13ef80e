"""Keep what the buyer shows, let the scanner look, keep what was read in it."""

from ..refusals import FileIsBroken as FileIsBroken
from ..refusals import FileIsHarmful as FileIsHarmful
from ..refusals import FileIsLocked as FileIsLocked
from ..refusals import FileIsNotTaken as FileIsNotTaken
from ..refusals import FileIsOversized as FileIsOversized
from ..refusals import FileIsTooBig as FileIsTooBig
from ..refusals import FileNeverScanned as FileNeverScanned
from ..refusals import FileNotScanned as FileNotScanned
from ..refusals import TooManyFiles as TooManyFiles
from ..refusals import TooManyThroughLinks as TooManyThroughLinks
from .keeping import check_size as check_size
from .keeping import clean_copy as clean_copy
from .keeping import keep_evidence as keep_evidence
from .keeping import taken_kind as taken_kind
from .marks import claim_file as claim_file
from .quarantine import is_anything_stored as is_anything_stored
from .quarantine import look_again as look_again
from .reading import keep_reading as keep_reading
