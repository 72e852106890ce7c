// The WPS add-in: a button is passed to the service of zwgk on this computer, and what that asks of workbooks is done.
// All of WPS that is used stands in docs/wps.md. Plain JavaScript of 2015: WPS has an old Chromium, whose
// fetch() is known to hang, and old versions have no names of constants.
"use strict";

/** Filled in by zwgk addin install --wps. Where the service leaves its note; after how many seconds without a renewal of
 * it nobody serves; whose it must be; how it is started; what its window is called. */
var PLACE = { note: "", stale: 0, program: "", interpreter: "", parameters: "", title: "" };
/** Seconds in which a started service must be there. */
var START = 30;
var FOLDER_PICKER = 4; // msoFileDialogFolderPicker
/** Whether a button is at work: one at a time. */
var working = false;

/** Called by WPS when the tab is made. */
function OnAddinLoad() {
  return true;
}

/**
 * Called by WPS for the picture of a button.
 * @param {{Id: string}} control
 */
function GetImage(control) {
  return "images/" + control.Id + ".svg";
}

/**
 * Called by WPS when a button is pressed; its id is the name of its function behind "zwgk_".
 * @param {{Id: string}} control
 */
function OnAction(control) {
  if (working) {
    alert("上一个按钮还没有办完，请先完成或关闭它的窗口。");
    return true;
  }
  working = true;
  attempt(function () {
    reach(function (service) {
      press(service, control.Id.slice("zwgk_".length), true);
    });
  });
  return true;
}

/**
 * Do what a version of WPS may not have, or not allow: a button that ends so is over, and the next one can be pressed.
 * @param {() => void} deed @returns {boolean} whether it is done
 */
function attempt(deed) {
  try {
    deed();
    return true;
  } catch (error) {
    give_up("这个 WPS 不让按钮这样做（" + why(error) + "），什么也没有改动。请先用命令行办理，并把这句话告诉技术人员。");
    return false;
  }
}

/** @typedef {{port: number, token: string, program: string, beat: number}} Service */
/** @typedef {{number: number, question: any, progress: string, ended: boolean}} News */

/** The service of this installation that runs, or null. @returns {Service | null} */
function running() {
  if (!Application.FileSystem.Exists(PLACE.note)) return null;
  try {
    var note = JSON.parse(Application.FileSystem.ReadFile(PLACE.note));
    var fresh = Math.abs(Date.now() / 1000 - note.beat) < PLACE.stale;
    return fresh && note.program === PLACE.program ? note : null;
  } catch (error) {
    return null; // read while it was renewed: it is read again
  }
}

/**
 * Find the service, started where none runs.
 * @param {(service: Service) => void} then
 * @param {string} [dead] the token of one that runs no more
 */
function reach(then, dead) {
  var found = running();
  if (found && found.token !== dead) {
    then(found);
    return;
  }
  Application.OAAssist.ShellExecute(PLACE.interpreter, PLACE.parameters);
  // All set at once: timers that set each other come once a minute in a page that nobody sees.
  var waiting = true;
  function look() {
    found = waiting ? running() : null;
    if (!found || found.token === dead) return;
    waiting = false;
    then(found);
  }
  for (var wait = 300; wait < START * 1000; wait += 300) setTimeout(look, wait);
  setTimeout(function () {
    if (waiting) give_up("本机的服务没有启动，什么也没有改动。请由技术人员在命令行运行 zwgk addin serve 看原因，或先用命令行办理。");
    waiting = false;
  }, START * 1000);
}

/**
 * Press a button; a service that ended meanwhile is started again, once.
 * @param {Service} service @param {string} button @param {boolean} again
 */
function press(service, button, again) {
  send(service, "/press", { button: button }, function (status, told) {
    if (status === 200) {
      var address = "http://127.0.0.1:" + service.port + "/dialog#" + service.token + "." + told.press;
      var shown = attempt(function () {
        Application.ShowDialog(address, PLACE.title, 560, 420, false);
      });
      if (shown) serve(service, told.press);
      else send(service, "/left", { press: told.press }, function () {});
    } else if (status === 0 && again) {
      reach(function (other) {
        press(other, button, false);
      }, service.token);
    } else if (status === 409) {
      give_up("上一个按钮还没有办完，请先完成或关闭它的窗口。");
    } else {
      give_up("本机的服务没有接受这个按钮（" + status + "），什么也没有改动；请重新打开 WPS 再试。");
    }
  });
}

/**
 * Do what the button asks of workbooks until it ends.
 * @param {Service} service @param {string} number
 */
function serve(service, number) {
  var failures = 0;
  /** @param {any} [answer] */
  function ask(answer) {
    send(service, "/wps", Object.assign({ press: number }, answer), function (status, news) {
      if (status === 0 && failures++ < 3) {
        setTimeout(ask, 500, answer);
      } else if (status !== 200 || news.ended) {
        working = false;
      } else {
        failures = 0;
        ask(news.question ? { number: news.number, answer: done(news.question) } : undefined);
      }
    });
  }
  ask();
}

/** @param {string} text */
function give_up(text) {
  working = false;
  alert(text);
}

/**
 * @param {Service} service @param {string} path @param {object} body
 * @param {(status: number, told: any) => void} then  status 0 where nobody answered
 */
function send(service, path, body, then) {
  var request = new XMLHttpRequest();
  request.open("POST", "http://127.0.0.1:" + service.port + path);
  request.setRequestHeader("Content-Type", "application/json");
  request.setRequestHeader("X-Zwgk-Token", service.token);
  request.onloadend = function () {
    then(request.status, request.status === 200 ? JSON.parse(request.responseText) : null);
  };
  request.send(JSON.stringify(body));
}

// --- what is asked of workbooks ------------------------------------------------------------------------------------

/** The answer to a question; what WPS throws is told in its own words. @param {any} asked */
function done(asked) {
  try {
    return { answer: /** @type {Record<string, (asked: any) => any>} */ (DEEDS)[asked.verb](asked) };
  } catch (error) {
    return { failed: why(error) };
  }
}

/** What WPS threw, in its own words. @param {unknown} error */
function why(error) {
  return String(error instanceof Error ? error.message : error);
}

var DEEDS = {
  program: function () {
    return "WPS " + Application.Version;
  },
  /** All open workbooks, the one in front first. */
  books: function () {
    var front = Application.ActiveWorkbook;
    if (!front) return [];
    var found = [told(front)];
    for (var index = 1; index <= Application.Workbooks.Count; index++) {
      var book = Application.Workbooks.Item(index);
      if (book.FullName !== front.FullName) found.push(told(book));
    }
    return found;
  },
  /** @param {{path: string}} asked */
  save_and_close: function (asked) {
    var book = open_book(asked.path);
    if (!book) return null;
    if (!book.Saved) {
      if (book.ReadOnly) throw new Error("它是以只读方式打开的，改动存不下");
      book.Save();
      if (!book.Saved) throw new Error("没有存成");
    }
    book.Close(false);
    if (open_book(asked.path)) throw new Error("没有关上");
    return null;
  },
  /** @param {{path: string, sheet?: string, cell?: string, zoom?: number}} asked */
  open_at: function (asked) {
    var book = open_book(asked.path) || Application.Workbooks.Open(asked.path);
    book.Activate();
    var sheet = asked.sheet && sheet_of(book, asked.sheet);
    if (sheet) {
      sheet.Activate();
      if (asked.cell) sheet.Range(asked.cell).Select();
      if (asked.zoom) Application.ActiveWindow.Zoom = asked.zoom;
    }
    return null;
  },
  /** A folder's path; null where the user gives up. @param {{question: string}} asked */
  choose_folder: function (asked) {
    var chooser = Application.FileDialog(FOLDER_PICKER);
    chooser.Title = asked.question;
    return chooser.Show() === -1 ? chooser.SelectedItems.Item(1) : null;
  },
};

/** What is told of a workbook; one that was never saved, or lies in the cloud, has no path. @param {Et.Workbook} book */
function told(book) {
  var place = book.Path && book.FullName.indexOf("://") < 0 ? book.FullName : null;
  return Object.assign({ path: place, modified: !book.Saved, read_only: book.ReadOnly }, view_of(book));
}

/** Where the user is in a workbook; nothing for one without a window, or that shows no cells. @param {Et.Workbook} book */
function view_of(book) {
  try {
    var view = book.Windows.Item(1);
    return {
      sheet: book.ActiveSheet.Name,
      cell: view.ActiveCell ? view.ActiveCell.Address(false, false) : null,
      zoom: Math.round(Number(view.Zoom)),
    };
  } catch (error) {
    return {};
  }
}

/** The open workbook of a file: of its whole path, since another may have its name. @param {string} path */
function open_book(path) {
  for (var index = 1; index <= Application.Workbooks.Count; index++) {
    var book = Application.Workbooks.Item(index);
    if (same(book.FullName, path)) return book;
  }
  return null;
}

/** @param {Et.Workbook} book @param {string} name */
function sheet_of(book, name) {
  for (var index = 1; index <= book.Worksheets.Count; index++) {
    var sheet = /** @type {Et.Worksheet} */ (book.Worksheets.Item(index));
    if (sheet.Name === name) return sheet;
  }
  return null;
}

/** Whether two paths are one; on Windows case and slashes do not count. @param {string} one @param {string} other */
function same(one, other) {
  var windows = /^([a-z]:|\\\\)/i.test(one);
  /** @param {string} path */
  function plain(path) {
    return windows ? path.replace(/\//g, "\\").toLowerCase() : path;
  }
  return plain(one) === plain(other);
}
