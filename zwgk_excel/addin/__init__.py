"""What the ribbon's buttons call: one function for each, ordinary xlwings, nothing but Chinese sentences out of them.

A button is an entry of ``vba_shim/buttons.toml``, a function here of that name, and what it does in
:mod:`zwgk_excel.addin.buttons`; docs/recipes.md shows how to add one.
"""

from __future__ import annotations


def generate() -> None:
    """生成报送表: report workbooks of this month or the next."""
    from zwgk_excel.addin.buttons import tools
    from zwgk_excel.addin.host.run_button import run_button

    run_button("generate", tools.generate)


def send() -> None:
    """发送: the report workbooks to the units by mail, after a dry run."""
    from zwgk_excel.addin.buttons import mailing
    from zwgk_excel.addin.host.run_button import run_button

    run_button("send", mailing.send)


def fetch() -> None:
    """收取: what is new in the mailbox."""
    from zwgk_excel.addin.buttons import fetching
    from zwgk_excel.addin.host.run_button import run_button

    run_button("fetch", fetching.fetch)


def consolidate() -> None:
    """汇总: what came back into the ledger, and the open tracker refreshed in place."""
    from zwgk_excel.addin.buttons import consolidation
    from zwgk_excel.addin.host.run_button import run_button

    run_button("consolidate", consolidation.consolidate, consolidation.consolidate_saved)


def remind() -> None:
    """催报: a mail to everyone who owes something, after a dry run."""
    from zwgk_excel.addin.buttons import mailing
    from zwgk_excel.addin.host.run_button import run_button

    run_button("remind", mailing.remind)


def assess() -> None:
    """考核评分: the scores of a month, and the sheet that says why."""
    from zwgk_excel.addin.buttons import judging
    from zwgk_excel.addin.host.run_button import run_button

    run_button("assess", judging.assess)


def publish() -> None:
    """生成通报: the bulletin of a month, opened."""
    from zwgk_excel.addin.buttons import judging
    from zwgk_excel.addin.host.run_button import run_button

    run_button("publish", judging.publish)


def open_workspace() -> None:
    """打开工作区: choose the workspace that the buttons work on, or make one."""
    from zwgk_excel.addin.buttons import tools
    from zwgk_excel.addin.host.run_button import run_button

    run_button("open_workspace", tools.open_workspace)


def check() -> None:
    """检查责任表: lint duty table and roster."""
    from zwgk_excel.addin.buttons import tools
    from zwgk_excel.addin.host.run_button import run_button

    run_button("check", tools.check)


def open_inbox() -> None:
    """打开收件箱: the folder that returned files are dropped into."""
    from zwgk_excel.addin.buttons import tools
    from zwgk_excel.addin.host.run_button import run_button

    run_button("open_inbox", tools.open_inbox)


def self_test() -> None:
    """自检: whether everything that the buttons need is there."""
    from zwgk_excel.addin.buttons import tools
    from zwgk_excel.addin.host.run_button import run_button

    run_button("self_test", tools.self_test)


def manual() -> None:
    """手册: the manuals put into the workspace, the office's opened."""
    from zwgk_excel.addin.buttons import tools
    from zwgk_excel.addin.host.run_button import run_button

    run_button("manual", tools.manual)


def help() -> None:
    """帮助: what each button does."""
    from zwgk_excel.addin.buttons import tools
    from zwgk_excel.addin.host.run_button import run_button

    run_button("help", tools.help)
