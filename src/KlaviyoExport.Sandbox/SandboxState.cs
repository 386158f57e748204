using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Faults;
using KlaviyoExport.Sandbox.Jobs;
using KlaviyoExport.Sandbox.Journal;
using KlaviyoExport.Sandbox.JsonApi;
using KlaviyoExport.Sandbox.Lists;
using KlaviyoExport.Sandbox.OAuth;
using KlaviyoExport.Sandbox.RateLimits;
using KlaviyoExport.Sandbox.Requests;

namespace KlaviyoExport.Sandbox;

/// <summary>The whole state of a sandbox, for tests and for its pages. Thread-safe.</summary>
public sealed class SandboxState : IDisposable
{
    private readonly SandboxOptions _options;
    private readonly JobRunner _runner;
    private readonly Dictionary<string, (Account Account, KeySeed Key)> _keys = [];
    private uint _jobNumber;

    internal SandboxState(SandboxOptions options)
    {
        _options = options;
        Throttle = new Throttle(Clock);
        Faults = new SandboxFaults(this);
        Log = new RequestLog(options.RememberedRequests);
        OAuth = new OAuthGrants(options, Journal);
        foreach (var seed in options.Accounts)
        {
            var account = new Account(seed, Journal);
            Accounts.Add(seed.Id, account);
            foreach (var key in seed.Keys)
                _keys.Add(key.Key, (account, key));
        }
        _runner = new JobRunner(this, options);
        if (options.DataFile is null || !Journal.Open(options.DataFile, this))
            Seed();
        foreach (var account in Accounts.Values)
        foreach (var job in account.Jobs.Where(j => !j.IsOver))
            _runner.Watch(account, job);
    }

    /// <summary>The faults that a test can set.</summary>
    public SandboxFaults Faults { get; }

    /// <summary>The last requests, newest first.</summary>
    public IReadOnlyList<RequestEntry> Requests => Log.Last;

    internal Lock Gate { get; } = new();

    internal SandboxOptions Options => _options;

    internal TimeProvider Clock => _options.Clock;

    internal DateTimeOffset Now => Clock.GetUtcNow();

    internal Dictionary<string, Account> Accounts { get; } = [];

    internal Throttle Throttle { get; }

    internal RequestLog Log { get; }

    internal OAuthGrants OAuth { get; }

    internal ChangeJournal Journal { get; } = new();

    /// <summary>Completes all jobs immediately, except stuck ones.</summary>
    public void FinishJobs()
    {
        lock (Gate)
            _runner.FinishAll();
    }

    /// <summary>Removes a list, as a person could in Klaviyo at any time. Jobs in progress for the list end as canceled.</summary>
    public void DeleteList(string list, string? account = null)
    {
        lock (Gate)
        {
            AccountOrFirst(account).RemoveList(list);
            Journal.Commit();
        }
    }

    /// <summary>
    /// Adds profiles with consent and list memberships, as if they had been created in another way. Uses the first account when none is
    /// given.
    /// </summary>
    public void AddProfiles(IEnumerable<ProfileSeed> profiles, string? account = null)
    {
        ArgumentNullException.ThrowIfNull(profiles);
        lock (Gate)
        {
            foreach (var profile in profiles)
                Seeding.Add(AccountOrFirst(account), profile, Now);
            Journal.Commit();
        }
    }

    /// <summary>Returns the accounts and their sizes.</summary>
    public IReadOnlyList<SandboxAccount> Overview()
    {
        lock (Gate)
            return
            [
                .. Accounts.Values.Select(a => new SandboxAccount(
                    a.Id,
                    a.Seed.OrganizationName,
                    a.Profiles.Count,
                    a.Jobs.Count,
                    [.. a.Lists.Select(l => new SandboxListSize(l.Id, l.Name, l.DoubleOptIn, l.Members.Count))]
                )),
            ];
    }

    /// <summary>Returns the members of a list, in the order in which they were added.</summary>
    /// <exception cref="KeyNotFoundException">The account has no such list.</exception>
    public IReadOnlyList<SandboxMember> Members(string list, string? account = null)
    {
        lock (Gate)
        {
            var of = AccountOrFirst(account);
            var members = of.List(list)?.Members ?? throw new KeyNotFoundException($"There is no list '{list}'.");
            return [.. members.Read(null, true).Select(m => SandboxMember.Of(of, m.Member))];
        }
    }

    /// <summary>Returns the jobs of an account, oldest first.</summary>
    public IReadOnlyList<SandboxJob> Jobs(string? account = null)
    {
        lock (Gate)
            return [.. AccountOrFirst(account).Jobs.Select(SandboxJob.Of)];
    }

    /// <summary>
    /// Returns all consents other than "never subscribed", by email. Compare them before and after a run to verify that consent was not
    /// changed.
    /// </summary>
    public IReadOnlyDictionary<string, string> Consents(string? account = null)
    {
        lock (Gate)
        {
            var of = AccountOrFirst(account);
            return of
                .Consents.Where(c => of.Profiles[c.Key].Email is not null)
                .ToDictionary(c => of.Profiles[c.Key].Email!, c => c.Value.ToString());
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _runner.Dispose();
        Journal.Dispose();
    }

    internal ImportJob StartJob(Account account, ImportRequest request)
    {
        var now = Now;
        var id = Ulid.Write(now, unchecked(++_jobNumber * 2654435761), (ulong)account.Jobs.Count * 7919);
        var job = new ImportJob(id, now, now + _options.JobLifetime, request, request.Lists, request.Profiles.Count)
        {
            Outcome = Faults.TakeOutcome(id),
        };
        account.AddJob(job);
        _runner.Watch(account, job);
        return job;
    }

    internal Account AccountOrFirst(string? id) => id is null ? Accounts[_options.Accounts[0].Id] : Accounts[id];

    internal bool KnowsKey(string key) => _keys.ContainsKey(key) || _keys.Values.Any(k => k.Key.Name == key);

    /// <summary>Returns the account of a key. Null for an unknown or revoked key.</summary>
    internal Credential? ByKey(string key) =>
        _keys.TryGetValue(key, out var found) && !Faults.IsRevoked(key, found.Key.Name)
            ? new Credential(found.Account, found.Key.Scopes, found.Account.Id, $"{found.Account.Seed.OrganizationName}, {found.Key.Name}")
            : null;

    private void Seed()
    {
        foreach (var account in Accounts.Values)
            Seeding.Begin(account, Now);
        Journal.Commit();
    }
}
