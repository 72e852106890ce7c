Attribute VB_Name = "ZwgkRibbon"
Option Explicit
' The ribbon's callbacks: a button calls one Sub here, the Sub one function of zwgk_excel.addin.
' ASCII only (see README.md). No Function here: a Function of an add-in can be called from a cell of any workbook;
' every Sub that the ribbon calls takes an IRibbonControl, which no cell has.

' The buttons that the installed Python can serve, each between spaces; filled in when the add-in is built.
Private Const OFFERED As String = ""

Public Sub OnGenerate(control As IRibbonControl)
    RunButton "generate"
End Sub

Public Sub OnSend(control As IRibbonControl)
    RunButton "send"
End Sub

Public Sub OnFetch(control As IRibbonControl)
    RunButton "fetch"
End Sub

Public Sub OnConsolidate(control As IRibbonControl)
    RunButton "consolidate"
End Sub

Public Sub OnRemind(control As IRibbonControl)
    RunButton "remind"
End Sub

Public Sub OnAssess(control As IRibbonControl)
    RunButton "assess"
End Sub

Public Sub OnPublish(control As IRibbonControl)
    RunButton "publish"
End Sub

Public Sub OnOpenWorkspace(control As IRibbonControl)
    RunButton "open_workspace"
End Sub

Public Sub OnCheck(control As IRibbonControl)
    RunButton "check"
End Sub

Public Sub OnOpenInbox(control As IRibbonControl)
    RunButton "open_inbox"
End Sub

Public Sub OnSelfTest(control As IRibbonControl)
    RunButton "self_test"
End Sub

Public Sub OnHelp(control As IRibbonControl)
    RunButton "help"
End Sub

Public Sub IsOffered(control As IRibbonControl, ByRef returnedVal)
    returnedVal = InStr(OFFERED, " " & control.Tag & " ") > 0
End Sub

' xlwings calls this by its name on macOS when Python has ended.
Public Sub CleanUp()
    Application.StatusBar = False
End Sub

Private Sub RunButton(ByVal FunctionName As String)
    Dim Python As New xlwings
    ' xlwings finds Excel by the window of a workbook.
    If ActiveWindow Is Nothing Then Workbooks.Add
    Python.RunPython "import zwgk_excel.addin; zwgk_excel.addin." & FunctionName & "()"
End Sub
