using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Jobs;
using KlaviyoExport.Sandbox.Lists;
using KlaviyoExport.Sandbox.OAuth;

namespace KlaviyoExport.Sandbox.Journal;

/// <summary>
/// Stores every change in a file, so that a killed sandbox restarts in the state that its clients last saw. A change is one frame,
/// written before its response is sent. A frame that was interrupted by a kill is ignored. At each start the file is rewritten with the
/// current state. Without a file nothing is stored.
/// </summary>
internal sealed class ChangeJournal : IDisposable
{
    private readonly MemoryStream _frame = new();
    private readonly BinaryWriter _entry;
    private JournalFile? _file;

    public ChangeJournal() => _entry = new BinaryWriter(_frame);

    /// <summary>Restores the state from the file and continues it.</summary>
    /// <returns>False when the file is empty. The caller then creates the initial state.</returns>
    /// <exception cref="IOException">The file cannot be written, or another sandbox has it open.</exception>
    public bool Open(string path, SandboxState state)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var guard = JournalFile.Guard(path);
        var known = JournalFile.Read(path, reader => JournalReplay.Apply(reader, state));
        _file = JournalFile.Create(path, guard);
        JournalSnapshot.Write(this, state);
        Commit();
        _file.TakePlace();
        return known;
    }

    public void Profile(Account account, int row)
    {
        if (!Begin(JournalEntry.Profile, account))
            return;
        var profile = account.Profiles[row];
        _entry.Write(row);
        _entry.Write(profile.CreatedMs);
        _entry.Write(profile.UpdatedMs);
        _entry.Write(profile.Packed.Length);
        _entry.Write(profile.Packed);
    }

    public void Consent(Account account, int row)
    {
        if (!Begin(JournalEntry.Consent, account))
            return;
        _entry.Write(row);
        _entry.WriteJson(account.ConsentOf(row));
    }

    public void List(Account account, SandboxList list)
    {
        if (!Begin(JournalEntry.List, account))
            return;
        _entry.Write(list.Id);
        _entry.Write(list.Name);
        _entry.Write(list.DoubleOptIn);
        _entry.Write(list.Created);
    }

    public void ListGone(Account account, string list)
    {
        if (Begin(JournalEntry.ListGone, account))
            _entry.Write(list);
    }

    public void Joined(Account account, SandboxList list, int row, DateTimeOffset at) =>
        Membership(JournalEntry.Joined, account, list, row, at);

    public void Left(Account account, SandboxList list, int row, DateTimeOffset at) =>
        Membership(JournalEntry.Left, account, list, row, at);

    public void JobAccepted(Account account, ImportJob job)
    {
        if (!Begin(JournalEntry.JobAccepted, account))
            return;
        _entry.Write(job.Id);
        _entry.Write(job.Created);
        _entry.Write(job.Expires);
        _entry.Write(job.Total);
        _entry.WriteJson(job.Lists);
        _entry.Write(job.Request?.Body.Length ?? 0);
        if (job.Request is { } request)
            _entry.Write(request.Body.Span);
    }

    public void JobMoved(Account account, ImportJob job)
    {
        if (!Begin(JournalEntry.JobMoved, account))
            return;
        _entry.Write(job.Id);
        _entry.Write((byte)job.Status);
        _entry.Write(job.Started ?? default);
        _entry.Write(job.Completed ?? default);
        _entry.Write(job.Next);
        _entry.Write(job.Rows.Count - job.JournaledRows);
        for (; job.JournaledRows < job.Rows.Count; job.JournaledRows++)
            _entry.Write(job.Rows[job.JournaledRows]);
        _entry.Write(job.Errors.Count - job.JournaledErrors);
        for (; job.JournaledErrors < job.Errors.Count; job.JournaledErrors++)
            _entry.WriteJson(job.Errors[job.JournaledErrors]);
    }

    public void Token(IssuedToken token)
    {
        if (!Begin(JournalEntry.Token))
            return;
        _entry.WriteJson(token);
    }

    public void TokenGone(string token)
    {
        if (Begin(JournalEntry.TokenGone))
            _entry.Write(token);
    }

    /// <summary>Writes the changes since the last commit as one frame.</summary>
    public void Commit()
    {
        if (_file is null || _frame.Length == 0)
            return;
        _entry.Flush();
        _file.Append(_frame.GetBuffer().AsSpan(0, (int)_frame.Length));
        _frame.SetLength(0);
    }

    /// <summary>Writes the frame in parts while a whole state is written, to limit its size.</summary>
    public void CommitWhenLarge()
    {
        if (_frame.Length > 1_000_000)
            Commit();
    }

    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
        _entry.Dispose();
        _frame.Dispose();
    }

    private void Membership(JournalEntry kind, Account account, SandboxList list, int row, DateTimeOffset at)
    {
        if (!Begin(kind, account))
            return;
        _entry.Write(list.Id);
        _entry.Write(row);
        _entry.Write(at);
    }

    private bool Begin(JournalEntry kind, Account? account = null)
    {
        if (_file is null)
            return false;
        _entry.Write((byte)kind);
        if (account is not null)
            _entry.Write(account.Id);
        return true;
    }
}
