namespace KlaviyoExport.Sandbox.Journal;

/// <summary>The kinds of entries in the file. The numbers are stored: do not change them.</summary>
internal enum JournalEntry : byte
{
    Profile = 1,
    Consent = 2,
    List = 3,
    ListGone = 4,
    Joined = 5,
    Left = 6,
    JobAccepted = 7,
    JobMoved = 8,
    Token = 9,
    TokenGone = 10,
}
