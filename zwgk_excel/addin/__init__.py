"""What the ribbon's buttons call: one function for each, ordinary xlwings, nothing but Chinese sentences out of them.

A new button takes a function here and its name in :data:`zwgk_excel.workflow.setup.addin_buttons.BUTTONS`.
"""

from __future__ import annotations


def generate() -> None:
    """生成报送表: report workbooks of this month or the next."""
    from zwgk_excel.addin import session, tools

    session.press(tools.generate)


def send() -> None:
    """发送: the report workbooks to the units by mail, after a dry run."""
    from zwgk_excel.addin import mailing, session

    session.press(mailing.send)


def fetch() -> None:
    """收取: what is new in the mailbox."""
    from zwgk_excel.addin import fetching, session

    session.press(fetching.fetch)


def consolidate() -> None:
    """汇总: what came back into the ledger, and the open tracker refreshed in place."""
    from zwgk_excel.addin import session
    from zwgk_excel.addin.consolidation import consolidate as run

    session.press(run)


def remind() -> None:
    """催报: a mail to everyone who owes something, after a dry run."""
    from zwgk_excel.addin import mailing, session

    session.press(mailing.remind)


def assess() -> None:
    """考核评分: the scores of a month, and the sheet that says why."""
    from zwgk_excel.addin import judging, session

    session.press(judging.assess)


def publish() -> None:
    """生成通报: the bulletin of a month, opened."""
    from zwgk_excel.addin import judging, session

    session.press(judging.publish)


def open_workspace() -> None:
    """打开工作区: choose the workspace that the buttons work on, or make one."""
    from zwgk_excel.addin import session, tools

    session.press(tools.open_workspace)


def check() -> None:
    """检查责任表: lint duty table and roster."""
    from zwgk_excel.addin import session, tools

    session.press(tools.check)


def open_inbox() -> None:
    """打开收件箱: the folder that returned files are dropped into."""
    from zwgk_excel.addin import session, tools

    session.press(tools.open_inbox)


def self_test() -> None:
    """自检: whether everything that the buttons need is there."""
    from zwgk_excel.addin import session, tools

    session.press(tools.self_test)


def help() -> None:
    """帮助: what each button does."""
    from zwgk_excel.addin import session, tools

    session.press(tools.help)
