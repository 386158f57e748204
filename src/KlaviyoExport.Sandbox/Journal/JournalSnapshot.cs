using KlaviyoExport.Sandbox.Accounts;

namespace KlaviyoExport.Sandbox.Journal;

/// <summary>Writes the current state as entries. A new file starts with them.</summary>
internal static class JournalSnapshot
{
    public static void Write(ChangeJournal journal, SandboxState state)
    {
        foreach (var account in state.Accounts.Values)
            Write(journal, account, state.Now);
        foreach (var token in state.OAuth.Issued)
            journal.Token(token);
    }

    private static void Write(ChangeJournal journal, Account account, DateTimeOffset now)
    {
        for (var row = 0; row < account.Profiles.Count; row++)
        {
            journal.Profile(account, row);
            journal.CommitWhenLarge();
        }
        foreach (var (row, _) in account.Consents)
            journal.Consent(account, row);
        foreach (var list in account.Lists)
        {
            journal.List(account, list);
            foreach (var (_, member) in list.Members.Read(null, forward: true))
            {
                journal.Joined(account, list, member.Row, member.Joined);
                journal.CommitWhenLarge();
            }
        }
        foreach (var job in account.Jobs.Where(j => j.Expires > now))
        {
            (job.JournaledRows, job.JournaledErrors) = (0, 0);
            journal.JobAccepted(account, job);
            journal.JobMoved(account, job);
            journal.CommitWhenLarge();
        }
    }
}
