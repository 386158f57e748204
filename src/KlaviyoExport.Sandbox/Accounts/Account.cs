using KlaviyoExport.Sandbox.Jobs;
using KlaviyoExport.Sandbox.Journal;
using KlaviyoExport.Sandbox.Lists;
using KlaviyoExport.Sandbox.Profiles;

namespace KlaviyoExport.Sandbox.Accounts;

/// <summary>The state of one account. All changes go through this class, which also writes them to the journal.</summary>
internal sealed class Account(AccountSeed seed, ChangeJournal journal)
{
    private readonly Dictionary<int, Consent> _consents = [];
    private readonly SortedDictionary<string, SandboxList> _lists = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImportJob> _jobs = [];

    public string Id => seed.Id;

    public AccountSeed Seed => seed;

    public ProfileStore Profiles { get; } = new(seed.Id);

    public IReadOnlyCollection<SandboxList> Lists => _lists.Values;

    public IReadOnlyCollection<ImportJob> Jobs => _jobs.Values;

    public Consent ConsentOf(int row) => _consents.GetValueOrDefault(row, Consent.None);

    public IEnumerable<KeyValuePair<int, Consent>> Consents => _consents;

    public SandboxList? List(string id) => _lists.GetValueOrDefault(id);

    public ImportJob? Job(string id) => _jobs.GetValueOrDefault(id);

    public int AddProfile(StoredProfile profile)
    {
        var row = Profiles.Add(profile);
        journal.Profile(this, row);
        return row;
    }

    public void ReplaceProfile(int row, StoredProfile profile)
    {
        Profiles.Replace(row, profile);
        journal.Profile(this, row);
    }

    public void SetConsent(int row, Consent consent)
    {
        _consents[row] = consent;
        journal.Consent(this, row);
    }

    public void AddList(SandboxList list)
    {
        _lists[list.Id] = list;
        journal.List(this, list);
    }

    public void RemoveList(string id)
    {
        if (_lists.Remove(id))
            journal.ListGone(this, id);
    }

    public bool Join(SandboxList list, int row, DateTimeOffset at)
    {
        if (!list.Members.Join(row, at))
            return false;
        list.Updated = at;
        journal.Joined(this, list, row, at);
        return true;
    }

    public bool Leave(SandboxList list, int row, DateTimeOffset at)
    {
        if (!list.Members.Leave(row))
            return false;
        list.Updated = at;
        journal.Left(this, list, row, at);
        return true;
    }

    public void AddJob(ImportJob job)
    {
        _jobs.Add(job.Id, job);
        journal.JobAccepted(this, job);
    }

    /// <summary>Must be called after a job has advanced, so that the journal is updated.</summary>
    public void JobMoved(ImportJob job) => journal.JobMoved(this, job);
}
