namespace KlaviyoExport.Sandbox.Journal;

/// <summary>What an entry of the file says. The numbers are on disk: do not renumber.</summary>
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
