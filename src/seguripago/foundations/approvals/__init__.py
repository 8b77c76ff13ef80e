"""Approvals: what one person proposes and another one approves, seeing exactly what will be done."""
