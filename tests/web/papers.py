"""What a validator that is not ours and not the typesetter's says about a paper."""

import page


def amiss(content: bytes) -> list[str]:
    """Return where a paper is not the PDF/A-3a and PDF/UA-1 that it says it is."""
    profiles = (page.ValidationProfile.PDF_A_3A, page.ValidationProfile.PDF_UA_1)
    reports = [page.validate_pdf_bytes(content, profile=profile) for profile in profiles]
    return [f"{failure.rule_id}: {failure.message}" for report in reports for failure in report.failures]
