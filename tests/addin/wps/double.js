// The calls of WPS that the add-in makes, and no others, over the workbooks that the test keeps (wps_double.py): each
// is a question that is answered at once, as WPS answers. And the ribbon: a key for each button of ribbon.xml.
"use strict";

function ask(verb, ...about) {
  const request = new XMLHttpRequest();
  request.open("POST", "__SERVER__/" + verb, false);
  request.send(JSON.stringify(about));
  const told = JSON.parse(request.responseText);
  if ("failed" in told) throw new Error(told.failed);
  return told.answer;
}

function only(object) {
  return new Proxy(object, {
    get(target, name) {
      if (!(name in target) && typeof name === "string") throw new Error("the add-in uses " + name);
      return target[name];
    },
  });
}

function bookOf(number) {
  const get = (what) => ask("get", number, what);
  return only({
    get Path() { return get("folder"); },
    get FullName() { return get("path"); },
    get Saved() { return get("saved"); },
    get ReadOnly() { return get("read_only"); },
    get ActiveSheet() { return sheetOf(number, get("sheet")); },
    get Worksheets() {
      return only({
        get Count() { return get("sheets").length; },
        Item: (index) => sheetOf(number, get("sheets")[index - 1]),
      });
    },
    get Windows() {
      return only({
        Item: () => only({
          get ActiveCell() { return only({ Address: (row, column) => row || column ? "$A$1" : get("cell") }); },
          get Zoom() { return get("zoom"); },
        }),
      });
    },
    Save: () => ask("save", number),
    Close: (save) => ask("close", number, save),
    Activate: () => ask("activate", number),
  });
}

function sheetOf(number, name) {
  return only({
    Name: name,
    Activate: () => ask("set", number, "sheet", name),
    Range: (cell) => only({ Select: () => ask("set", number, "cell", cell) }),
  });
}

window.Application = only({
  Version: "12.1.0",
  get ActiveWorkbook() {
    const front = ask("front");
    return front === null ? null : bookOf(front);
  },
  get ActiveWindow() {
    return only({ set Zoom(zoom) { ask("set", ask("front"), "zoom", zoom); }, get Zoom() { return ask("get", ask("front"), "zoom"); } });
  },
  Workbooks: only({
    get Count() { return ask("count"); },
    Item: (index) => bookOf(ask("item", index)),
    Open: (path) => bookOf(ask("open", path)),
  }),
  FileSystem: only({
    Exists: (path) => ask("exists", path),
    ReadFile: (path) => ask("read_file", path),
  }),
  OAAssist: only({ ShellExecute: (file, parameters) => ask("execute", file, parameters) }),
  ShowDialog: (url, title, width, height, modal) => ask("show_dialog", url, title, width, height, modal),
  FileDialog: (kind) => {
    const found = ask("folder", kind);
    return { Title: "", Show: () => (found === null ? 0 : -1), SelectedItems: only({ Item: () => found }) };
  },
});

window.addEventListener("load", () => {
  const ribbon = new DOMParser().parseFromString(ask("ribbon"), "text/xml");
  window[ribbon.documentElement.getAttribute("onLoad")](only({}));
  for (const button of ribbon.getElementsByTagName("button")) {
    const key = document.createElement("button");
    const control = { Id: button.getAttribute("id") };
    const picture = document.createElement("img");
    picture.src = window[button.getAttribute("getImage")](control);
    key.append(picture, button.getAttribute("label"));
    key.title = button.getAttribute("screentip");
    key.onclick = () => window[button.getAttribute("onAction")](control);
    document.body.append(key);
  }
});
