using KlaviyoExport.Sandbox;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Jobs;
using KlaviyoExport.Sandbox.OAuth;
using KlaviyoExport.Sandbox.Profiles;

namespace KlaviyoExport.Tests.Sandbox.Journal;

public sealed class JournalTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sandbox-journal");
    private readonly TestClock _clock = new();

    private string DataFile => Path.Combine(_folder.FullName, "sandbox.data");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Everything_round_trips()
    {
        IReadOnlyList<object> before;
        string access;
        using (var state = Start())
        {
            Import(state, Imports.Emails(30));
            state.FinishJobs();
            Import(state, ["late@async-fail.example", "later@example.org"]);
            state.FinishJobs();
            state.AddProfiles([new ProfileSeed("new@practice.example", "Нова", "Č", SandboxConsent.Subscribed, PracticeStore.WinBack)]);
            state.DeleteList(PracticeStore.DoubleOptInList);
            access = Grant(state).Token;
            before = Everything(state);
        }
        using (var state = Start())
        {
            Assert.Equivalent(before, Everything(state), strict: true);
            Assert.NotNull(state.OAuth.ByAccessToken(access));
        }
        using (var state = Start())
            Assert.Equivalent(before, Everything(state), strict: true);
    }

    [Fact]
    public void A_job_that_was_accepted_is_finished_after_a_kill()
    {
        // After a kill the file has its content of that moment, so the copy is made while the first sandbox is running.
        using (var state = Start(o => o.RowsPerStep = 10))
        {
            Import(state, Imports.Emails(25));
            Step(2);
            Assert.Equal((JobStatus.Processing, 10), state.Jobs().Select(j => (j.Status, j.Completed)).Single());
            File.Copy(DataFile, DataFile + ".killed");
        }
        File.Move(DataFile + ".killed", DataFile, overwrite: true);
        using (var state = Start(o => o.RowsPerStep = 10))
        {
            Assert.Equal((JobStatus.Processing, 10), state.Jobs().Select(j => (j.Status, j.Completed)).Single());
            Step(2);
            Assert.Equal((JobStatus.Complete, 25), state.Jobs().Select(j => (j.Status, j.Completed)).Single());
            Assert.Equal(Imports.Emails(25), state.Members(PracticeStore.WinBack).Select(m => m.Email!));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(200)]
    public void An_incomplete_last_change_is_dropped(int torn)
    {
        long length;
        using (var state = Start())
        {
            Import(state, ["first@example.org"]);
            state.FinishJobs();
            length = new FileInfo(DataFile).Length;
            Import(state, ["second@example.org"]);
            state.FinishJobs();
        }
        using (var file = File.OpenWrite(DataFile))
            file.SetLength(Math.Max(length, file.Length - torn));
        using (var state = Start())
        {
            Assert.Contains(state.Members(PracticeStore.WinBack), m => m.Email == "first@example.org");
            Import(state, ["third@example.org"]);
            state.FinishJobs();
        }
        using (var state = Start())
            Assert.Contains(state.Members(PracticeStore.WinBack), m => m.Email == "third@example.org");
    }

    [Fact]
    public void The_file_does_not_grow_with_restarts()
    {
        using (var state = Start())
        {
            for (var i = 0; i < 5; i++)
                Import(state, Imports.Emails(500));
            state.FinishJobs();
        }
        Start().Dispose();
        var once = new FileInfo(DataFile).Length;
        Start().Dispose();
        Assert.Equal(once, new FileInfo(DataFile).Length);
        Assert.InRange(once, 1, 400_000);
    }

    [Fact]
    public void Two_sandboxes_cannot_share_a_file()
    {
        using (Start())
            Assert.Throws<IOException>(() => Start());
        Start().Dispose();
    }

    [Fact]
    public void Without_a_file_nothing_is_persisted()
    {
        using (var state = new SandboxState(new SandboxOptions { Clock = _clock }))
            Import(state, ["a@example.org"]);
        using (var state = new SandboxState(new SandboxOptions { Clock = _clock }))
            Assert.Empty(state.Jobs());
        Assert.Empty(_folder.EnumerateFiles());
    }

    private SandboxState Start(Action<SandboxOptions>? change = null)
    {
        var options = new SandboxOptions { DataFile = DataFile, Clock = _clock };
        change?.Invoke(options);
        return new SandboxState(options);
    }

    /// <summary>Advances every job by this many steps.</summary>
    private void Step(int steps)
    {
        for (var step = 0; step < steps; step++)
            _clock.Advance(new SandboxOptions().JobPace);
    }

    private static void Import(SandboxState state, IEnumerable<string> emails)
    {
        var request = ImportRequestReader.Read(System.Text.Encoding.UTF8.GetBytes(Imports.Of(PracticeStore.WinBack, emails)));
        lock (state.Gate)
        {
            state.StartJob(state.AccountOrFirst(null), request);
            state.Journal.Commit();
        }
    }

    private static IssuedToken Grant(SandboxState state)
    {
        lock (state.Gate)
        {
            var request = new AuthorizeRequest(
                SandboxApp.ClientId,
                "http://localhost/x",
                ["accounts:read"],
                "s",
                "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
            );
            var code = state.OAuth.IssueCode(request, PracticeStore.Id);
            var tokens = state.OAuth.Exchange(SandboxApp.Seed, code, request.RedirectUri, "") ?? throw new InvalidOperationException();
            state.Journal.Commit();
            return tokens.Access;
        }
    }

    private static IReadOnlyList<object> Everything(SandboxState state) =>
        [
            state.Overview(),
            state.Jobs(),
            state.Consents(),
            state.Members(PracticeStore.WinBack),
            state.Members(PracticeStore.Newsletter),
            Errors(state),
        ];

    private static List<(string, string)> Errors(SandboxState state) =>
        [
            .. state
                .AccountOrFirst(null)
                .Jobs.SelectMany(j => j.Errors)
                .Select(e => (e.Pointer, System.Text.Encoding.UTF8.GetString(e.OriginalPayload))),
        ];
}
