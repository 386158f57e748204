using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Jobs;
using KlaviyoExport.Sandbox.Lists;
using KlaviyoExport.Sandbox.OAuth;
using KlaviyoExport.Sandbox.Profiles;

namespace KlaviyoExport.Sandbox.Journal;

/// <summary>Applies the entries of a file to a state.</summary>
internal static class JournalReplay
{
    public static void Apply(BinaryReader reader, SandboxState state)
    {
        var kind = (JournalEntry)reader.ReadByte();
        if (kind == JournalEntry.Token)
            state.OAuth.Restore(reader.ReadJson<IssuedToken>());
        else if (kind == JournalEntry.TokenGone)
            state.OAuth.Remove(reader.ReadString());
        else
            Apply(kind, reader, AccountOf(reader, state));
    }

    /// <summary>An account that is no longer in the seeds is restored without keys.</summary>
    private static Account AccountOf(BinaryReader reader, SandboxState state)
    {
        var id = reader.ReadString();
        if (!state.Accounts.TryGetValue(id, out var account))
            state.Accounts[id] = account = new Account(new AccountSeed(id, id), state.Journal);
        return account;
    }

    private static void Apply(JournalEntry kind, BinaryReader reader, Account account)
    {
        switch (kind)
        {
            case JournalEntry.Profile:
                var row = reader.ReadInt32();
                var (created, updated) = (reader.ReadInt64(), reader.ReadInt64());
                var profile = new StoredProfile(reader.ReadBytes(reader.ReadInt32()), created, updated);
                if (row == account.Profiles.Count)
                    account.AddProfile(profile);
                else
                    account.ReplaceProfile(row, profile);
                break;
            case JournalEntry.Consent:
                account.SetConsent(reader.ReadInt32(), reader.ReadJson<Consent>());
                break;
            case JournalEntry.List:
                account.AddList(new SandboxList(reader.ReadString(), reader.ReadString(), reader.ReadBoolean(), reader.ReadTime()));
                break;
            case JournalEntry.ListGone:
                account.RemoveList(reader.ReadString());
                break;
            case JournalEntry.Joined:
                account.Join(account.List(reader.ReadString())!, reader.ReadInt32(), reader.ReadTime());
                break;
            case JournalEntry.Left:
                account.Leave(account.List(reader.ReadString())!, reader.ReadInt32(), reader.ReadTime());
                break;
            case JournalEntry.JobAccepted:
                account.AddJob(Job(reader));
                break;
            case JournalEntry.JobMoved:
                Move(reader, account.Job(reader.ReadString())!);
                break;
            default:
                throw new InvalidDataException(
                    $"The data file contains an entry of the unknown kind {(int)kind}: it was written by a newer version."
                );
        }
    }

    private static ImportJob Job(BinaryReader reader)
    {
        var (id, created, expires, total) = (reader.ReadString(), reader.ReadTime(), reader.ReadTime(), reader.ReadInt32());
        var lists = reader.ReadJson<List<string>>();
        var length = reader.ReadInt32();
        var request = length == 0 ? null : ImportRequestReader.Read(reader.ReadBytes(length));
        return new ImportJob(id, created, expires, request, lists, total);
    }

    private static void Move(BinaryReader reader, ImportJob job)
    {
        var status = (JobStatus)reader.ReadByte();
        job.Started = reader.ReadTimeOrNone();
        var completed = reader.ReadTimeOrNone();
        job.Next = reader.ReadInt32();
        for (var rows = reader.ReadInt32(); rows > 0; rows--)
            job.Rows.Add(reader.ReadInt32());
        for (var errors = reader.ReadInt32(); errors > 0; errors--)
            job.Errors.Add(reader.ReadJson<ImportError>());
        job.Status = status;
        if (completed is { } at)
            job.End(status, at);
    }
}
