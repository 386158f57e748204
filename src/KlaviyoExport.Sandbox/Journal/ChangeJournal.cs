using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Jobs;
using KlaviyoExport.Sandbox.Lists;
using KlaviyoExport.Sandbox.OAuth;

namespace KlaviyoExport.Sandbox.Journal;

/// <summary>
/// Keeps every change in a file, so that a sandbox which is killed comes back as its clients last saw it. A change is one frame, written
/// before its answer goes out; a frame torn by the kill is dropped whole. At each start the file is rewritten to the present state. Without
/// a file it does nothing.
/// </summary>
internal sealed class ChangeJournal : IDisposable
{
    private readonly MemoryStream frame = new();
    private readonly BinaryWriter entry;
    private JournalFile? file;

    public ChangeJournal() => entry = new BinaryWriter(frame);

    /// <summary>Takes up what the file holds and goes on from there.</summary>
    /// <returns>False when there was nothing: the caller then seeds.</returns>
    /// <exception cref="IOException">The file cannot be written, or another sandbox has it open.</exception>
    public bool Open(string path, SandboxState state)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var guard = JournalFile.Guard(path);
        var known = JournalFile.Read(path, reader => JournalReplay.Apply(reader, state));
        file = JournalFile.Create(path, guard);
        JournalSnapshot.Write(this, state);
        Commit();
        file.TakePlace();
        return known;
    }

    public void Profile(Account account, int row)
    {
        if (!Begin(JournalEntry.Profile, account))
            return;
        var profile = account.Profiles[row];
        entry.Write(row);
        entry.Write(profile.CreatedMs);
        entry.Write(profile.UpdatedMs);
        entry.Write(profile.Packed.Length);
        entry.Write(profile.Packed);
    }

    public void Consent(Account account, int row)
    {
        if (!Begin(JournalEntry.Consent, account))
            return;
        entry.Write(row);
        entry.WriteJson(account.ConsentOf(row));
    }

    public void List(Account account, PracticeList list)
    {
        if (!Begin(JournalEntry.List, account))
            return;
        entry.Write(list.Id);
        entry.Write(list.Name);
        entry.Write(list.DoubleOptIn);
        entry.Write(list.Created);
    }

    public void ListGone(Account account, string list)
    {
        if (Begin(JournalEntry.ListGone, account))
            entry.Write(list);
    }

    public void Joined(Account account, PracticeList list, int row, DateTimeOffset at) =>
        Membership(JournalEntry.Joined, account, list, row, at);

    public void Left(Account account, PracticeList list, int row, DateTimeOffset at) =>
        Membership(JournalEntry.Left, account, list, row, at);

    public void JobAccepted(Account account, ImportJob job)
    {
        if (!Begin(JournalEntry.JobAccepted, account))
            return;
        entry.Write(job.Id);
        entry.Write(job.Created);
        entry.Write(job.Expires);
        entry.Write(job.Total);
        entry.WriteJson(job.Lists);
        entry.Write(job.Request?.Body.Length ?? 0);
        if (job.Request is { } request)
            entry.Write(request.Body.Span);
    }

    public void JobMoved(Account account, ImportJob job)
    {
        if (!Begin(JournalEntry.JobMoved, account))
            return;
        entry.Write(job.Id);
        entry.Write((byte)job.Status);
        entry.Write(job.Started ?? default);
        entry.Write(job.Completed ?? default);
        entry.Write(job.Next);
        entry.Write(job.Rows.Count - job.JournaledRows);
        for (; job.JournaledRows < job.Rows.Count; job.JournaledRows++)
            entry.Write(job.Rows[job.JournaledRows]);
        entry.Write(job.Errors.Count - job.JournaledErrors);
        for (; job.JournaledErrors < job.Errors.Count; job.JournaledErrors++)
            entry.WriteJson(job.Errors[job.JournaledErrors]);
    }

    public void Token(IssuedToken token)
    {
        if (!Begin(JournalEntry.Token))
            return;
        entry.WriteJson(token);
    }

    public void TokenGone(string token)
    {
        if (Begin(JournalEntry.TokenGone))
            entry.Write(token);
    }

    /// <summary>Makes what was changed since the last commit one frame of the file.</summary>
    public void Commit()
    {
        if (file is null || frame.Length == 0)
            return;
        entry.Flush();
        file.Append(frame.GetBuffer().AsSpan(0, (int)frame.Length));
        frame.SetLength(0);
    }

    /// <summary>Keeps the frame from growing while a whole state is written.</summary>
    public void CommitWhenLarge()
    {
        if (frame.Length > 1_000_000)
            Commit();
    }

    public void Dispose()
    {
        file?.Dispose();
        file = null;
        entry.Dispose();
        frame.Dispose();
    }

    private void Membership(JournalEntry kind, Account account, PracticeList list, int row, DateTimeOffset at)
    {
        if (!Begin(kind, account))
            return;
        entry.Write(list.Id);
        entry.Write(row);
        entry.Write(at);
    }

    private bool Begin(JournalEntry kind, Account? account = null)
    {
        if (file is null)
            return false;
        entry.Write((byte)kind);
        if (account is not null)
            entry.Write(account.Id);
        return true;
    }
}
