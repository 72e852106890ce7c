"""The 政务公开 buttons in LibreOffice: a press starts the installed program and serves what it asks (docs/hosts.md).

It runs in the Python of LibreOffice, which need not be ours: standard library and UNO only, in the syntax of
Python 3.7.
The program is read on a thread of its own and each question answered on LibreOffice's main thread, where alone windows
may be touched: while the program works, LibreOffice stays usable.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading

import uno
import unohelper
from com.sun.star.awt import XCallback
from com.sun.star.awt.MessageBoxType import INFOBOX, QUERYBOX
from com.sun.star.beans import PropertyValue
from com.sun.star.frame import FeatureStateEvent, XDispatch, XDispatchProvider
from com.sun.star.lang import XInitialization, XServiceInfo
from com.sun.star.uno import Exception as UnoException

with open(os.path.join(os.path.dirname(__file__), "settings.json"), encoding="utf-8") as _file:
    _settings = json.load(_file)
IDENTIFIER, TITLE, BUTTONS = _settings["identifier"], _settings["title"], _settings["buttons"]
INTERPRETER = _settings["interpreter"]  # where install found the program; empty in an extension that was only built

SPREADSHEET = "com.sun.star.sheet.SpreadsheetDocument"
KEYS = {"ok_cancel": 2, "yes_no_cancel": 4}  # com.sun.star.awt.MessageBoxButtons
ANSWERS = {1: "ok", 2: "yes", 3: "no"}  # what a message box comes to; 0 is cancel
BY_VALUE = 3  # com.sun.star.view.DocumentZoomType
WIDTH, LINE, LETTERS = 220, 10, 52  # of a dialog, in its own units, and how many wide letters stand in a line of it

_running = threading.Lock()


class Failed(Exception):
    """What could not be done; the argument says why."""


class Launcher(unohelper.Base, XDispatchProvider, XDispatch, XInitialization, XServiceInfo):
    """The handler of the buttons' addresses; one for each window."""

    def __init__(self, context, *_):
        self.context, self.frame = context, None

    def initialize(self, arguments):
        if arguments:
            self.frame = arguments[0]

    def queryDispatch(self, url, target, flags):
        return self if url.Protocol == IDENTIFIER + ":" else None

    def queryDispatches(self, requests):
        return [self.queryDispatch(each.FeatureURL, each.FrameName, each.SearchFlags) for each in requests]

    def dispatch(self, url, arguments):
        desk = Desk(self.context, self.frame)
        if url.Path not in BUTTONS:
            return
        if not INTERPRETER or not os.path.isfile(INTERPRETER):
            desk.tell("没有找到安装的程序；请由技术人员运行 zwgk addin install --libreoffice。")
        elif not _running.acquire(False):
            desk.tell("上一个按钮还没有办完，请稍候再按。")
        else:
            Press(self.context, desk, url.Path).start()

    def addStatusListener(self, listener, url):
        listener.statusChanged(FeatureStateEvent(self, url, "", True, False, None))

    def removeStatusListener(self, listener, url):
        pass

    def getImplementationName(self):
        return IDENTIFIER + ".Launcher"

    def supportsService(self, name):
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self):
        return ("com.sun.star.frame.ProtocolHandler",)


class Press(threading.Thread):
    """One press: the program runs, its questions are answered, and what it left closed is opened."""

    def __init__(self, context, desk, button):
        threading.Thread.__init__(self, daemon=True)
        self.main = context.ServiceManager.createInstanceWithContext("com.sun.star.awt.AsyncCallback", context)
        self.desk, self.button = desk, button

    def run(self):
        try:
            with tempfile.TemporaryFile() as errors:
                code = self.converse(errors)
                errors.seek(0)
                told = errors.read(4000).decode("utf-8", "replace").strip()
            if code:
                self.on_main(self.desk.over, told or "结束码 %d" % code)
        except Exception as error:  # the last line of defence: nobody sees what a thread of LibreOffice raises
            self.on_main(self.desk.over, str(error))
        finally:
            _running.release()

    def converse(self, errors):
        own = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        # LibreOffice's own libraries are none for another program.
        own = {name: value for name, value in own.items() if name not in ("LD_LIBRARY_PATH", "URE_BOOTSTRAP")}
        program = subprocess.Popen(
            [INTERPRETER, "-X", "utf8", "-m", "zwgk_excel.addin", self.button],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=os.path.dirname(INTERPRETER),  # not where the user stands: what lies there is to run nothing
            env=own,
            creationflags=0x08000000 if sys.platform == "win32" else 0,  # CREATE_NO_WINDOW
        )
        for line in program.stdout:
            about = json.loads(line.decode("ascii"))
            verb = about.pop("verb")
            if verb == "end":
                break
            answer = self.on_main(getattr(self.desk, verb), **about)
            if verb != "progress":
                program.stdin.write(json.dumps(answer).encode("ascii") + b"\n")
                program.stdin.flush()
        program.stdin.close()
        return program.wait()

    def on_main(self, verb, *arguments, **about):
        done = Once(verb, arguments, about)
        self.main.addCallback(done, None)
        done.over.wait()
        return done.answer


class Once(unohelper.Base, XCallback):
    """A verb carried out by LibreOffice's main thread."""

    def __init__(self, verb, arguments, about):
        self.verb, self.arguments, self.about = verb, arguments, about
        self.over, self.answer = threading.Event(), None

    def notify(self, data):
        try:
            self.answer = {"answer": self.verb(*self.arguments, **self.about)}
        except Failed as error:
            self.answer = {"failed": str(error)}
        except UnoException as error:
            self.answer = {"failed": str(error.Message) or type(error).__name__}
        except Exception as error:
            self.answer = {"failed": "%s: %s" % (type(error).__name__, error)}
        finally:
            self.over.set()


class Desk:
    """What the user sees: the verbs, by UNO."""

    def __init__(self, context, frame):
        self.context, self.frame = context, frame
        self.desktop = self.service("com.sun.star.frame.Desktop")
        self.indicator = None
        self.closed = None  # the address and the view of what was closed and not opened again

    def service(self, name):
        return self.context.ServiceManager.createInstanceWithContext(name, self.context)

    # --- workbooks ---

    def program(self):
        provider = self.service("com.sun.star.configuration.ConfigurationProvider")
        product = PropertyValue("nodepath", 0, "/org.openoffice.Setup/Product", 0)
        access = provider.createInstanceWithArguments("com.sun.star.configuration.ConfigurationAccess", (product,))
        return "%s %s" % (access.ooName, access.ooSetupVersionAboutBox)

    def books(self):
        return [self.told(each) for each in self.models()]

    def models(self):
        """The open workbooks, the one in front first."""
        found = [each for each in list_of(self.desktop.Components) if supports(each, SPREADSHEET)]
        found = [each for each in found if each.CurrentController is not None]
        front = self.frame.Controller.Model if self.frame is not None and self.frame.Controller is not None else None
        return sorted(found, key=lambda each: each != front)

    def told(self, model):
        view = model.CurrentController
        return {
            "path": uno.fileUrlToSystemPath(model.URL) if model.URL.startswith("file:") else None,
            "sheet": view.ActiveSheet.Name,
            "cell": cell_of(model.CurrentSelection),
            "zoom": view.ZoomValue,
            "modified": model.isModified(),
            "read_only": model.isReadonly(),
        }

    def model_at(self, path):
        for each in self.models():
            if each.URL.startswith("file:") and same_file(uno.fileUrlToSystemPath(each.URL), path):
                return each
        return None

    def save_and_close(self, path):
        model = self.model_at(path)
        if model is None:
            return True
        if model.isModified():
            model.store()
        self.closed = (path, self.told(model))
        self.progress("")
        frame = model.CurrentController.Frame
        # The window stays, empty, and takes the workbook again: it is where the user has put it.
        controller = model.CurrentController
        controller.suspend(True)
        frame.setComponent(None, None)
        controller.dispose()
        model.close(True)
        self.frame = frame
        return True

    def open_at(self, path, sheet, cell, zoom):
        model = self.model_at(path)
        if model is None:
            model = self.loaded(path)
        self.closed = None
        view = model.CurrentController
        self.frame = view.Frame
        if zoom:
            view.ZoomType, view.ZoomValue = BY_VALUE, zoom
        if sheet and model.Sheets.hasByName(sheet):
            view.setActiveSheet(model.Sheets.getByName(sheet))
        if cell:
            go = PropertyValue("ToPoint", 0, cell, 0)
            self.service("com.sun.star.frame.DispatchHelper").executeDispatch(self.frame, ".uno:GoToCell", "", 0, (go,))
        self.frame.activate()
        self.frame.ContainerWindow.setFocus()
        return True

    def loaded(self, path):
        if not os.path.isfile(path):
            raise Failed("没有这个文件")
        asking = PropertyValue("InteractionHandler", 0, self.service("com.sun.star.task.InteractionHandler"), 0)
        empty = self.frame is not None and self.frame.Controller is None
        loader, target = (self.frame, "_self") if empty else (self.desktop, "_blank")
        model = loader.loadComponentFromURL(uno.systemPathToFileUrl(path), target, 0, (asking,))
        if model is None or not supports(model, SPREADSHEET):
            raise Failed("不能作为工作簿打开")
        return model

    # --- windows ---

    @property
    def window(self):
        """The window that dialogs belong to."""
        frame = self.frame if self.frame is not None else self.desktop.getCurrentFrame()
        return frame.ContainerWindow if frame is not None else None

    def message(self, kind, buttons, text):
        toolkit = self.service("com.sun.star.awt.Toolkit")
        return toolkit.createMessageBox(self.window, kind, buttons, TITLE, text).execute()

    def tell(self, text):
        self.message(INFOBOX, 1, text)
        return True

    def ask(self, text, buttons):
        return ANSWERS.get(self.message(QUERYBOX, KEYS[buttons], text), "cancel")

    def ask_text(self, question, default):
        given = {"Name": "given", "Text": default}
        dialog = self.dialog(question, 14, "com.sun.star.awt.UnoControlEditModel", given)
        return answered(dialog, "Text")

    def choose(self, question, options):
        given = {"Name": "given", "StringItemList": tuple(options), "SelectedItems": uno.Any("[]short", (0,))}
        height = LINE * min(len(options) + 1, 12)
        dialog = self.dialog(question, height, "com.sun.star.awt.UnoControlListBoxModel", given)
        chosen = answered(dialog, "SelectedItemPos")
        return None if chosen == -1 else chosen

    def choose_folder(self, question):
        picker = self.service("com.sun.star.ui.dialogs.FolderPicker")
        picker.setTitle(question)
        return uno.fileUrlToSystemPath(picker.Directory) if picker.execute() == 1 else None

    def dialog(self, question, height, kind, given):
        """A question over one control, with the keys 确定 and 取消."""
        model = self.service("com.sun.star.awt.UnoControlDialogModel")
        model.Title, model.Width = TITLE, WIDTH
        lines = sum(1 + wide(each) // LETTERS for each in question.split("\n"))
        top = 6 + LINE * lines
        text = "com.sun.star.awt.UnoControlFixedTextModel"
        add(model, text, (6, 4, WIDTH - 12, top - 4), Label=question, MultiLine=True)
        add(model, kind, (6, top + 2, WIDTH - 12, height), **given)
        bottom = top + height + 8
        button = "com.sun.star.awt.UnoControlButtonModel"
        add(model, button, (WIDTH - 106, bottom, 48, 14), Label="确定", PushButtonType=1, DefaultButton=True)
        add(model, button, (WIDTH - 54, bottom, 48, 14), Label="取消", PushButtonType=2)
        model.Height = bottom + 20
        dialog = self.service("com.sun.star.awt.UnoControlDialog")
        dialog.setModel(model)
        dialog.createPeer(self.service("com.sun.star.awt.Toolkit"), self.window)
        dialog.getControl("given").setFocus()
        return dialog

    def progress(self, text):
        if self.indicator is not None and not text:
            self.indicator.end()
            self.indicator = None
        elif text:
            if self.indicator is None and self.frame is not None and self.frame.Controller is not None:
                self.indicator = self.frame.createStatusIndicator()
                self.indicator.start(text, 100)
            elif self.indicator is not None:
                self.indicator.setText(text)
        return True

    def over(self, why):
        """The program ended before its work did: what it has closed is opened, and the user is told."""
        self.progress("")
        if self.closed is not None:
            path, view = self.closed
            self.open_at(path, view["sheet"], view["cell"], view["zoom"])
        self.tell("没有办完，文件是完整的；请再按一次按钮，仍不行的请交给技术人员：\n%s" % why[-600:])


def supports(model, service):
    return hasattr(model, "supportsService") and model.supportsService(service)


def list_of(components):
    found, each = [], components.createEnumeration()
    while each.hasMoreElements():
        found.append(each.nextElement())
    return found


def cell_of(selection):
    """The first cell of what is selected, such as B7; None where that is no cell."""
    if not supports(selection, "com.sun.star.sheet.SheetCellRange"):
        return None
    first = selection.getRangeAddress()
    letters, column = "", first.StartColumn + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return "%s%d" % (letters, first.StartRow + 1)


def same_file(one, other):
    return os.path.normcase(os.path.realpath(one)) == os.path.normcase(os.path.realpath(other))


def wide(text):
    return sum(2 if ord(each) > 0x2E7F else 1 for each in text)


def add(model, kind, place, **values):
    control = model.createInstance(kind)
    control.PositionX, control.PositionY, control.Width, control.Height = place
    name = values.pop("Name", "part%d" % len(model.ElementNames))
    for key, value in values.items():
        if isinstance(value, uno.Any):
            uno.invoke(control, "setPropertyValue", (key, value))
        else:
            setattr(control, key, value)
    model.insertByName(name, control)


def answered(dialog, what):
    """What the control of a dialog holds when 确定 is pressed, else None."""
    try:
        return getattr(dialog.getControl("given"), what) if dialog.execute() == 1 else None
    finally:
        dialog.dispose()


g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(Launcher, IDENTIFIER + ".Launcher", ("com.sun.star.frame.ProtocolHandler",))
