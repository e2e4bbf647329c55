"""What a validator that is not ours and not the typesetter's says about a paper."""

import page

# A compressed stream may end in a carriage return; with the line feed after it, this version takes both for the end of a line.
MISREAD = "PDFA3A-STREAM-LENGTH-001"


def amiss(content: bytes) -> list[str]:
    """Return where a paper is not the PDF/A-3a and PDF/UA-1 that it says it is."""
    profiles = (page.ValidationProfile.PDF_A_3A, page.ValidationProfile.PDF_UA_1)
    reports = [page.validate_pdf_bytes(content, profile=profile) for profile in profiles]
    found = [failure for report in reports for failure in report.failures if failure.rule_id != MISREAD]
    return [f"{failure.rule_id}: {failure.message}" for failure in found]
