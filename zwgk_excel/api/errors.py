"""The errors of ledger, mail, workbooks and workflow, all subclasses of ``ZwgkError``; loads their libraries."""

from zwgk_excel.ledger.errors import CycleClosedError as CycleClosedError
from zwgk_excel.ledger.errors import LedgerBusyError as LedgerBusyError
from zwgk_excel.ledger.errors import LedgerError as LedgerError
from zwgk_excel.ledger.errors import LedgerFailedError as LedgerFailedError
from zwgk_excel.ledger.errors import LedgerMissingError as LedgerMissingError
from zwgk_excel.ledger.errors import LedgerTooNewError as LedgerTooNewError
from zwgk_excel.ledger.errors import LedgerTooOldError as LedgerTooOldError
from zwgk_excel.mail.imap_errors import ImapError as ImapError
from zwgk_excel.mail.transport import TransportFault as TransportFault
from zwgk_excel.workbooks.bulletin.pdf import PdfError as PdfError
from zwgk_excel.workbooks.correction.mark_up import NotEditableError as NotEditableError
from zwgk_excel.workbooks.opening.rejected import RejectedFileError as RejectedFileError
