"""What the ribbon's buttons call: one function for each, nothing but Chinese sentences out of them.

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

    run_button("consolidate", consolidation.consolidate)


def send_back() -> None:
    """退回修改: faulty returns go back with their mark-ups, after a dry run."""
    from zwgk_excel.addin.buttons import mailing
    from zwgk_excel.addin.host.run_button import run_button

    run_button("send_back", mailing.send_back)


def import_published() -> None:
    """网站清单: exports of the website's back office are taken in, after a dry run."""
    from zwgk_excel.addin.buttons import publishing
    from zwgk_excel.addin.host.run_button import run_button

    run_button("import_published", publishing.import_published)


def import_catalogue() -> None:
    """目录导入: published tables are taken into the office's catalogue, after a dry run."""
    from zwgk_excel.addin.buttons import publishing
    from zwgk_excel.addin.host.run_button import run_button

    run_button("import_catalogue", publishing.import_catalogue)


def verify() -> None:
    """链接核验: whether the links of a month show what was reported, after a dry run."""
    from zwgk_excel.addin.buttons import verifying
    from zwgk_excel.addin.host.run_button import run_button

    run_button("verify", verifying.verify)


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


def escalate() -> None:
    """督促: who is due for a measure, the list of them, rectifications."""
    from zwgk_excel.addin.buttons import settling
    from zwgk_excel.addin.host.run_button import run_button

    run_button("escalate", settling.escalate)


def close_month() -> None:
    """结账: the figures of a month settled, after what is unusual was shown."""
    from zwgk_excel.addin.buttons import settling
    from zwgk_excel.addin.host.run_button import run_button

    run_button("close_month", settling.close_month)


def adjust_points() -> None:
    """复核调整: points of a unit given or taken after an objection."""
    from zwgk_excel.addin.buttons import objections
    from zwgk_excel.addin.host.run_button import run_button

    run_button("adjust_points", objections.adjust_points)


def correct_receipt() -> None:
    """更正收件: the time of a receipt corrected, or a receipt withdrawn."""
    from zwgk_excel.addin.buttons import objections
    from zwgk_excel.addin.host.run_button import run_button

    run_button("correct_receipt", objections.correct_receipt)


def undo_act() -> None:
    """撤销: one of the last acts taken back."""
    from zwgk_excel.addin.buttons import acts
    from zwgk_excel.addin.host.run_button import run_button

    run_button("undo_act", acts.undo_act)


def show_acts() -> None:
    """办理记录: what was decided, by whom and why."""
    from zwgk_excel.addin.buttons import acts
    from zwgk_excel.addin.host.run_button import run_button

    run_button("show_acts", acts.show_acts)


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


def change_settings() -> None:
    """设置: mailbox, contact, deadlines and the password, asked one by one."""
    from zwgk_excel.addin.buttons import settings_dialog
    from zwgk_excel.addin.host.run_button import run_button

    run_button("change_settings", settings_dialog.change_settings)


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
