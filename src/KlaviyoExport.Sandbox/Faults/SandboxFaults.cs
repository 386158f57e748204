using KlaviyoExport.Sandbox.Jobs;
using KlaviyoExport.Sandbox.RateLimits;

namespace KlaviyoExport.Sandbox.Faults;

/// <summary>The active faults. Thread-safe.</summary>
public sealed class SandboxFaults
{
    private readonly SandboxState _state;
    private readonly List<ActiveFault> _active = [];
    private readonly HashSet<string> _hiddenJobs = [];

    internal SandboxFaults(SandboxState state) => _state = state;

    /// <summary>The active faults, with the remaining number of <see cref="Fault.Times"/>.</summary>
    public IReadOnlyList<Fault> Active
    {
        get
        {
            lock (_state.Gate)
                return [.. _active.Select(a => a.Fault with { Times = a.Left, After = a.ToPass })];
        }
    }

    /// <summary>The calls that <see cref="FaultKind.OtherClient"/> has made so far, for all such faults.</summary>
    public SandboxOtherClients Others
    {
        get
        {
            lock (_state.Gate)
                return _state.Throttle.Others;
        }
    }

    /// <summary>Activates a fault. Some kinds act immediately.</summary>
    /// <exception cref="ArgumentException">The fault names an account, list, key or call that does not exist.</exception>
    public void Add(Fault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        lock (_state.Gate)
        {
            FaultCheck.Throw(fault, _state);
            if (fault.Kind == FaultKind.ListDeleted)
                _state.DeleteList(fault.List!, fault.Account);
            else if (fault.Kind == FaultKind.QuotaUsed)
                _state.Throttle.UseUp(_state.AccountOrFirst(fault.Account).Id, fault.Call!, fault.Amount);
            else
                _active.Add(new ActiveFault(fault));
            if (fault.Kind == FaultKind.OtherClient)
                _state.Throttle.Join(_state.AccountOrFirst(fault.Account).Id, fault.Call!, fault.Amount);
            _state.Throttle.Off = Any(FaultKind.LimitsOff);
        }
    }

    /// <summary>Deactivates all faults. Stuck jobs continue and hidden jobs are known again; a deleted list stays deleted.</summary>
    public void Clear()
    {
        lock (_state.Gate)
        {
            _active.Clear();
            _hiddenJobs.Clear();
            _state.Throttle.Off = false;
            _state.Throttle.Leave();
            foreach (var job in _state.Accounts.Values.SelectMany(a => a.Jobs))
                job.Outcome = job.Outcome with { Stuck = false };
        }
    }

    internal bool Hides(string job) => _hiddenJobs.Contains(job);

    internal bool IsRevoked(string key, string name) =>
        _active.Exists(a => a.Fault.Kind == FaultKind.KeyRevoked && (a.Fault.Key == key || a.Fault.Key == name));

    /// <summary>Returns the faults that affect a request, at most one of each kind, and counts them as used.</summary>
    internal IReadOnlyList<Fault> Take(string? call, string method, string path, string query)
    {
        lock (_state.Gate)
            return
            [
                .. _active
                    .Where(a => a.Fault.Kind.Target() == FaultTarget.Request && a.Fault.Hits(call, method, path, query) && a.Strike())
                    .Select(a => a.Fault)
                    .DistinctBy(f => f.Kind)
                    .ToList(),
            ];
    }

    /// <summary>Returns the faults that affect a new job. Call it while holding the state's lock.</summary>
    internal JobOutcome TakeOutcome(string job)
    {
        var outcome = JobOutcome.Natural;
        foreach (var fault in _active.Where(a => a.Fault.Kind.Target() == FaultTarget.Job && a.Strike()).Select(a => a.Fault).ToList())
        {
            outcome = fault.Kind switch
            {
                FaultKind.JobStuck => outcome with { Stuck = true },
                FaultKind.JobCancelled => outcome with { Cancelled = true },
                FaultKind.ErrorsMissing => outcome with { HideErrors = fault.Amount },
                FaultKind.RowsFail when fault.Email is not null => outcome with { FailEmailsWith = fault.Email },
                FaultKind.RowsFail => outcome with { FailEvery = fault.Amount },
                _ => outcome,
            };
            if (fault.Kind == FaultKind.JobUnknown)
                _hiddenJobs.Add(job);
        }
        return outcome;
    }

    private bool Any(FaultKind kind) => _active.Exists(a => a.Fault.Kind == kind);

    private sealed class ActiveFault(Fault fault)
    {
        public Fault Fault => fault;

        public int? Left { get; private set; } = fault.Times;

        public int ToPass { get; private set; } = fault.After;

        public bool Strike()
        {
            if (ToPass > 0)
            {
                ToPass--;
                return false;
            }
            if (Left == 0)
                return false;
            Left--;
            return true;
        }
    }
}
