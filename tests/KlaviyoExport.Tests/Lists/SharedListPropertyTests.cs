using KlaviyoExport.Delivery;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Exports;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Lists;

/// <summary>
/// One to four exports to one or two lists over changing segments, with interrupted and canceled runs, refused profiles, people who change
/// the lists in Klaviyo, checks and undo in between. <c>KLAVIYOEXPORT_LONG=1</c> tells five hundred stories instead of twelve.
/// </summary>
public class SharedListPropertyTests
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("KLAVIYOEXPORT_LONG") == "1";

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, IsLong ? 500 : 12)];

    [Theory, Trait(Needs.Trait, Needs.Time), MemberData(nameof(Seeds))]
    public async Task Nobody_is_lost_and_nobody_is_taken_off_who_was_there_before_us(int seed)
    {
        await using var bench = await SharedListBench.CreateAsync(
            new() { ["Delivery:Approval:AtLeast"] = "1000", ["Klaviyo:Retry:Tries"] = "2" }
        );
        var story = new SharedListStory(bench, new Random(seed));
        try
        {
            await story.BeginAsync();
            for (var step = 0; step < 14; step++)
                await story.StepAsync();
        }
        catch (Exception fault)
        {
            throw new InvalidOperationException($"Seed {seed}: {string.Join("; ", story.Told)}", fault);
        }
    }
}

/// <summary>A random sequence of what happens to shared lists, with what must be true after each step.</summary>
internal sealed class SharedListStory(SharedListBench bench, Random random)
{
    // Klaviyo refuses the addresses of y and z.
    private const string Everybody = "abcdefghyz";
    private readonly List<Teller> _exports = [];
    private readonly Dictionary<string, ListTruth> _lists = [];

    public List<string> Told { get; } = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async Task BeginAsync()
    {
        string[] lists = [PracticeStore.WinBack, PracticeStore.DoubleOptInList];
        foreach (var list in lists)
        {
            _lists[list] = new ListTruth();
            if (random.Next(2) == 0)
                await JoinAsync(list);
        }
        var spread = random.Next(1, 3);
        for (var number = random.Next(1, 5); number > 0; number--)
        {
            var (name, list, people) = ($"Export {number}", lists[random.Next(spread)], Some());
            var mode = (SyncMode)random.Next(3);
            var putsBack = random.Next(3) == 0;
            var id = await bench.AddAsync(name, mode, people, list);
            if (putsBack)
                await bench.ChangeAsync(id, export => export.ListRules = new ListRules { WhenRemovedByHand = WhenRemovedByHand.PutBack });
            _exports.Add(new Teller(id, name, list, mode, putsBack) { Members = people });
            Told.Add($"{name} ({mode}{(putsBack ? ", puts back" : "")}) to {list} of {people}");
        }
    }

    public async Task StepAsync()
    {
        var export = _exports[random.Next(_exports.Count)];
        switch (random.Next(10))
        {
            case 0:
                await JoinAsync(export.List);
                break;
            case 1:
                await TakeOffAsync(export.List);
                break;
            case 2:
                await CheckAsync(export);
                break;
            case 3:
                await UndoAsync(export);
                break;
            default:
                await RunAsync(export);
                break;
        }
    }

    private async Task JoinAsync(string list)
    {
        var people = new string([.. Some().Where(person => person < 'y').Take(3)]);
        if (people.Length == 0)
            return;
        Told.Add($"{people} join {list}");
        var before = bench.OnList(list);
        await bench.JoinAsync(people, list);
        foreach (var person in people)
        {
            if (!before.Contains(person, StringComparison.Ordinal))
                _lists[list].Theirs.Add(person);
            _lists[list].Off.Remove(person);
            _lists[list].KnownOff.Remove(person);
        }
    }

    private async Task TakeOffAsync(string list)
    {
        var people = new string([.. bench.OnList(list).Where(_ => random.Next(4) == 0)]);
        if (people.Length == 0)
            return;
        Told.Add($"{people} are taken off {list}");
        await bench.TakeOffAsync(people, list);
        _lists[list].Theirs.ExceptWith(people);
        _lists[list].Ours.ExceptWith(people);
        _lists[list].Off.UnionWith(people);
    }

    private async Task CheckAsync(Teller export)
    {
        if (export.LastRun is not { } run)
            return;
        var list = _lists[export.List];
        try
        {
            await bench.CheckAsync(run.Id);
        }
        catch (LocalizedException)
        {
            return; // Not the last run any more.
        }
        Told.Add($"check of {export.Name}");
        await using var db = await bench.Product.OpenAsync();
        var hasher = await bench.Product.Get<EmailHashes>().LoadAsync(Cancel);
        var off = (
            await db.Set<Membership>()
                .Where(row => row.State == MembershipState.RemovedByHand)
                .Join(
                    db.Set<Export>().Where(other => other.ListId == export.List),
                    row => row.ExportId,
                    other => other.Id,
                    (row, _) => row.EmailHash
                )
                .ToListAsync(Cancel)
        ).ConvertAll(hash => Hash16.Take(hash));
        list.KnownOff.Clear();
        list.KnownOff.UnionWith(Everybody.Where(person => off.Contains(hasher.Hash(SharedListBench.EmailOf(person)))));
        Assert.Subset(list.Off, list.KnownOff);
    }

    private async Task RunAsync(Teller export)
    {
        if (random.Next(3) > 0)
            await bench.NowAsync(export.Name, export.Members = Some());
        if (random.Next(4) == 0)
            await bench.RenamedAsync(export.Name, export.Members);
        bench.Pass();
        var (list, before) = (_lists[export.List], bench.OnList(export.List));
        var id = await bench.Product.QueueAsync(export.Id);
        var stops = random.Next(3) == 0 ? random.Next(1, 12) : 0;
        var isCanceled = random.Next(8) == 0;
        if (stops > 0)
            await bench.InterruptAsync(id, stops);
        if (isCanceled && !(await bench.Product.FindRunAsync(id)).State.IsFinal())
            await bench.Product.Get<RunService>().CancelAsync(Product.Administrator, id, Cancel);
        await bench.Product.Get<RunExecution>().RunAsync(id, Cancel);
        bench.Pass();
        var run = await bench.Product.FindRunAsync(id);
        var after = bench.OnList(export.List);
        Told.Add($"{export.Name} of {export.Members} {run.State} after {stops} answers: {before} → {after}");

        Assert.True(run.State.IsFinal(), run.State.ToString());
        Assert.True(run.Ledger.AddsUp, "The ledger adds up.");
        var isDelivered = run.State is RunState.Successful or RunState.CompletedWithWarnings;
        if (isDelivered)
            Assert.Equal((before.Except(after).Count(), 0), (run.Ledger.Removed, run.Ledger.Unsettled));
        export.Follow(run, before, after, isDelivered, list);
        Compare(export, before, after);
        if (isDelivered)
            IsAsTheExportSays(export, after);
        list.KnownOff.ExceptWith(after);
    }

    private async Task UndoAsync(Teller export)
    {
        if (export.LastRun is not { } run || !run.State.IsFinal())
            return;
        var (list, before) = (_lists[export.List], bench.OnList(export.List));
        int id;
        try
        {
            bench.Pass();
            id = await bench.Product.Get<RunService>().UndoAsync(Product.Administrator, run.Id, Cancel);
        }
        catch (LocalizedException)
        {
            return; // Another run to the list has been executed since, or it changed nothing.
        }
        if (random.Next(3) == 0)
            await bench.InterruptAsync(id, random.Next(1, 6));
        await bench.Product.Get<RunExecution>().RunAsync(id, Cancel);
        bench.Pass();
        var undo = await bench.Product.FindRunAsync(id);
        var after = bench.OnList(export.List);
        Told.Add($"undo of run {run.Id} of {export.Name} {undo.State}: {before} → {after}");

        Assert.True(undo.State.IsFinal() && undo.Ledger.AddsUp, undo.State.ToString());
        Assert.Equal((before.Except(after).Count(), after.Except(before).Count()), (undo.Ledger.Removed, undo.Ledger.PutBack));
        // It takes off only whom the run has added, and everyone whom the run has removed is on the list again.
        Assert.Subset(export.Joined, before.Except(after).ToHashSet());
        Assert.Subset(after.ToHashSet(), export.Removed);
        export.FollowUndo(undo, before, after, list);
        Compare(export, before, after);
    }

    /// <summary>What is true after every run.</summary>
    private void Compare(Teller export, string before, string after)
    {
        var list = _lists[export.List];
        var gone = before.Except(after).ToHashSet();
        Assert.True(!list.Theirs.Overlaps(gone), "Nobody has gone who was there before us.");
        foreach (var other in _exports.Where(other => other.List == export.List))
            Assert.True(
                other.Holds.All(person => after.Contains(person, StringComparison.Ordinal) || list.Off.Contains(person)),
                $"Nobody is missing whom {other.Name} holds: {string.Concat(other.Holds)}, off: {string.Concat(list.Off)}"
            );
    }

    /// <summary>What is true after a run that has delivered.</summary>
    private void IsAsTheExportSays(Teller export, string after)
    {
        var list = _lists[export.List];
        foreach (var person in list.KnownOff.Intersect(export.Members).Where(person => person < 'y'))
            Assert.True(
                after.Contains(person, StringComparison.Ordinal) == export.PutsBack,
                $"{person}, who was taken off, is {(export.PutsBack ? "back" : "respected")}."
            );
        if (export.Mode != SyncMode.Mirror)
            return;
        var stays = export
            .Left.Where(list.Ours.Contains)
            .Where(person => !list.Murky.Contains(person))
            .Where(person => !_exports.Exists(other => other != export && other.List == export.List && other.MayHold.Contains(person)))
            .ToHashSet();
        Assert.True(!stays.Overlaps(after), $"Nobody stays whom no export holds: {string.Concat(stays)}");
    }

    private string Some() => new([.. Everybody.Where(_ => random.Next(2) == 0)]);
}

/// <summary>What is true of a list.</summary>
internal sealed class ListTruth
{
    /// <summary>On the list without us.</summary>
    public HashSet<char> Theirs { get; } = [];

    /// <summary>On the list because of us.</summary>
    public HashSet<char> Ours { get; } = [];

    /// <summary>Taken off in Klaviyo and not on the list since.</summary>
    public HashSet<char> Off { get; } = [];

    /// <summary>The part of <see cref="Off"/> that a check has found.</summary>
    public HashSet<char> KnownOff { get; } = [];

    /// <summary>Put on the list again by a run that did not know that they had been taken off. They may stay as not ours.</summary>
    public HashSet<char> Murky { get; } = [];
}

/// <summary>What is true of an export.</summary>
internal sealed class Teller(int id, string name, string list, SyncMode mode, bool putsBack)
{
    public int Id { get; } = id;

    public string Name { get; } = name;

    public string List { get; } = list;

    public SyncMode Mode { get; } = mode;

    public bool PutsBack { get; } = putsBack;

    public string Members { get; set; } = "";

    public Run? LastRun { get; private set; }

    /// <summary>The people whom it certainly holds.</summary>
    public HashSet<char> Holds { get; private set; } = [];

    /// <summary>The people whom it may hold.</summary>
    public HashSet<char> MayHold { get; private set; } = [];

    /// <summary>The people who have left in the last run and whom it had delivered.</summary>
    public HashSet<char> Left { get; private set; } = [];

    /// <summary>Who joined the list in the last run.</summary>
    public HashSet<char> Joined { get; private set; } = [];

    /// <summary>Who left the list in the last run.</summary>
    public HashSet<char> Removed { get; private set; } = [];

    private HashSet<char> _heldBefore = [];

    public void Follow(Run run, string before, string after, bool isDelivered, ListTruth list)
    {
        LastRun = run;
        _heldBefore = [.. Holds];
        (Joined, Removed) = ([.. after.Except(before)], [.. before.Except(after)]);
        Left = isDelivered ? [.. Holds.Except(Members)] : [];
        list.Murky.UnionWith(Joined.Where(person => list.Off.Contains(person) && !list.KnownOff.Contains(person)));
        list.Ours.UnionWith(Joined);
        list.Ours.ExceptWith(Removed);
        list.Off.ExceptWith(after);
        var wanted = Members.Where(person => person < 'y' && (PutsBack || !list.KnownOff.Contains(person))).ToHashSet();
        Holds = isDelivered ? wanted : [.. Holds.Intersect(Members)];
        MayHold = isDelivered ? wanted : [.. MayHold, .. wanted];
    }

    public void FollowUndo(Run undo, string before, string after, ListTruth list)
    {
        LastRun = undo;
        list.Ours.ExceptWith(before.Except(after));
        list.Ours.UnionWith(after.Except(before));
        // Whoever joined without us in the meantime is put back by nobody and held by nobody.
        Holds = [.. _heldBefore.Where(person => after.Contains(person, StringComparison.Ordinal)).Except(list.Theirs)];
        MayHold = [.. MayHold, .. _heldBefore];
        (Joined, Removed, Left) = ([], [], []);
    }
}
