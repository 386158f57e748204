using KlaviyoExport.Klaviyo;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Faults;
using SandboxConsent = KlaviyoExport.Sandbox.Profiles.SandboxConsent;

namespace KlaviyoExport.Tests.Klaviyo;

/// <summary>Each call of the client with the sandbox: its result, and that all pages are read.</summary>
public sealed class KlaviyoClientTests : IAsyncLifetime
{
    private SandboxFixture _klaviyo = null!;

    public async ValueTask InitializeAsync() => _klaviyo = await SandboxFixture.StartAsync();

    public ValueTask DisposeAsync() => _klaviyo.DisposeAsync();

    [Fact]
    public async Task A_key_identifies_its_account()
    {
        var account = (await _klaviyo.Client.GetAccountAsync(_klaviyo.Key, default)).ValueOrThrow();

        Assert.Equal(new KlaviyoAccount(PracticeStore.Id, "Practice Store", "Europe/Belgrade", "EUR", true), account);
    }

    [Fact]
    public async Task A_list_returns_its_opt_in_process()
    {
        var single = (await _klaviyo.Client.GetListAsync(_klaviyo.Key, PracticeStore.Newsletter, false, default)).ValueOrThrow();
        var twice = (await _klaviyo.Client.GetListAsync(_klaviyo.Key, PracticeStore.DoubleOptInList, false, default)).ValueOrThrow();

        Assert.Equal(
            (PracticeStore.Newsletter, "Newsletter", OptInProcess.SingleOptIn, null),
            (single.Id, single.Name, single.OptIn, single.ProfileCount)
        );
        Assert.Equal(OptInProcess.DoubleOptIn, twice.OptIn);
        Assert.NotNull(single.Created);
    }

    [Fact]
    public async Task A_list_returns_its_profile_count_on_request()
    {
        var list = (await _klaviyo.Client.GetListAsync(_klaviyo.Key, PracticeStore.Newsletter, true, default)).ValueOrThrow();

        Assert.Equal(_klaviyo.Sandbox.State.Members(PracticeStore.Newsletter).Count, list.ProfileCount);
    }

    [Fact]
    public async Task All_lists_are_returned_and_not_only_the_first_page()
    {
        var lists = await _klaviyo.Client.GetListsAsync(_klaviyo.Key, default).ToListAsync();

        Assert.True(PracticeStore.Seed.Lists.Count > 10);
        Assert.Equal(PracticeStore.Seed.Lists.Select(list => list.Id).Order(), lists.Select(list => list.Id).Order());
    }

    [Fact]
    public async Task An_import_is_a_job_that_puts_its_profiles_on_the_list()
    {
        var before = _klaviyo.Sandbox.State.Members(PracticeStore.Newsletter).Count;

        var job = (await _klaviyo.Client.GetImportJobAsync(_klaviyo.Key, await _klaviyo.ImportAsync(250), default)).ValueOrThrow();

        Assert.Equal((ImportJobStatus.Complete, 250, 250, 0), (job.Status, job.Total, job.Completed, job.Failed));
        Assert.NotNull(job.ExpiresAt);
        Assert.Equal(before + 250, _klaviyo.Sandbox.State.Members(PracticeStore.Newsletter).Count);
    }

    [Fact]
    public async Task Every_page_of_import_errors_is_read_and_names_its_profile()
    {
        _klaviyo.Sandbox.Faults.Add(new Fault(FaultKind.RowsFail) { Amount = 2 });
        var id = await _klaviyo.ImportAsync(450);

        var job = (await _klaviyo.Client.GetImportJobAsync(_klaviyo.Key, id, default)).ValueOrThrow();
        var errors = await _klaviyo.Client.GetImportErrorsAsync(_klaviyo.Key, id, default).ToListAsync();

        Assert.Equal(225, job.Failed);
        Assert.Equal(225, errors.Count);
        Assert.Equal(225, errors.Select(error => error.ProfileIndex).Distinct().Count());
        Assert.All(errors, error => Assert.Equal($"p{error.ProfileIndex}@import.example", error.Email));
    }

    [Fact]
    public async Task Every_page_of_list_members_is_read()
    {
        await _klaviyo.ImportAsync(350);

        var members = await _klaviyo.Client.GetListMembersAsync(_klaviyo.Key, PracticeStore.Newsletter, default).ToListAsync();

        var expected = _klaviyo.Sandbox.State.Members(PracticeStore.Newsletter);
        Assert.Equal(
            expected.Select(member => (member.Id, member.Email)).Order(),
            members.Select(member => (member.ProfileId, member.Email)).Order()
        );
        Assert.All(members, member => Assert.NotNull(member.Joined));
    }

    [Fact]
    public async Task Profiles_are_found_by_a_hundred_addresses_at_once_without_the_unknown_ones()
    {
        await _klaviyo.ImportAsync(99);
        var emails = Enumerable.Range(0, 99).Select(i => $"p{i}@import.example").ToList();

        var found = (
            await _klaviyo.Client.FindListMembersAsync(
                _klaviyo.Key,
                PracticeStore.Newsletter,
                [.. emails, "nobody@import.example"],
                default
            )
        ).ValueOrThrow();

        Assert.Equal(emails.Order(), found.Select(member => member.Email).Order());
    }

    [Theory]
    [InlineData("plus+tag@import.example")]
    [InlineData("o'brien@import.example")]
    [InlineData("!#$%&'*+-/=?^_`{|}~@import.example")]
    public async Task An_address_with_special_characters_is_found(string email)
    {
        _klaviyo.Sandbox.State.AddProfiles([new ProfileSeed(email, "A", "B", SandboxConsent.NeverSubscribed, PracticeStore.Newsletter)]);

        var found = (await _klaviyo.Client.FindListMembersAsync(_klaviyo.Key, PracticeStore.Newsletter, [email], default)).ValueOrThrow();

        Assert.Equal(email, Assert.Single(found).Email);
    }

    [Theory]
    [InlineData("subscribed@practice.example", EmailConsentState.Subscribed, null)]
    [InlineData("never@practice.example", EmailConsentState.NeverSubscribed, null)]
    [InlineData("unsubscribed@practice.example", EmailConsentState.Unsubscribed, "UNSUBSCRIBE")]
    [InlineData("Spam@Practice.example", EmailConsentState.Unsubscribed, "SPAM_COMPLAINT")]
    [InlineData("suppressed@practice.example", EmailConsentState.NeverSubscribed, "USER_SUPPRESSED")]
    public async Task The_consent_of_an_address_and_its_suppression_are_read(string email, EmailConsentState state, string? suppression)
    {
        var consent = (await _klaviyo.Client.FindConsentAsync(_klaviyo.Key, email, default)).ValueOrThrow();

        Assert.Equal((state, suppression), (consent?.State, consent?.Suppressions.SingleOrDefault()?.Reason));
        Assert.Equal(suppression is not null, consent?.Suppressions.SingleOrDefault()?.Since is not null);
        Assert.Empty(consent!.ListSuppressions);
    }

    [Fact]
    public async Task An_address_without_a_profile_has_no_consent() =>
        Assert.Null((await _klaviyo.Client.FindConsentAsync(_klaviyo.Key, "nobody@practice.example", default)).ValueOrThrow());

    [Fact]
    public async Task Members_are_found_by_address_with_the_time_they_joined_and_others_are_left_out()
    {
        await _klaviyo.ImportAsync(3);
        _klaviyo.Sandbox.State.AddProfiles([new ProfileSeed("off@import.example", "A", "B", SandboxConsent.NeverSubscribed)]);

        var found = (
            await _klaviyo.Client.FindListMembersAsync(
                _klaviyo.Key,
                PracticeStore.Newsletter,
                ["p0@import.example", "p2@import.example", "off@import.example", "nobody@import.example"],
                default
            )
        ).ValueOrThrow();

        Assert.Equal(["p0@import.example", "p2@import.example"], found.Select(member => member.Email).Order());
        Assert.All(found, member => Assert.NotNull(member.Joined));
    }

    [Fact]
    public async Task The_consents_of_a_hundred_addresses_are_read_whatever_their_length_and_case()
    {
        // So long that one filter does not hold all of them, and with the characters that a URL or a filter could misread.
        string[] emails = [.. Enumerable.Range(0, 100).Select(n => $"o'neil+{n:d3}{new string('x', 40)}&co=1@practice.example")];
        _klaviyo.Sandbox.State.AddProfiles(
            emails
                .Where((_, n) => n % 2 == 0)
                .Select(email => new ProfileSeed(email.ToUpperInvariant(), "A", "B", SandboxConsent.Subscribed))
        );

        var found = (await _klaviyo.Client.FindConsentsAsync(_klaviyo.Key, emails, default)).ValueOrThrow();

        Assert.Equal(emails.Where((_, n) => n % 2 == 0), found.Keys.Order(StringComparer.Ordinal));
        Assert.All(found.Values, consent => Assert.Equal(EmailConsentState.Subscribed, consent.State));
    }

    [Fact]
    public async Task More_addresses_than_a_page_holds_are_not_looked_up_at_once() =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
            _klaviyo.Client.FindConsentsAsync(_klaviyo.Key, [.. Enumerable.Repeat("a@b.example", 101)], default)
        );

    [Fact]
    public async Task Profiles_are_added_to_a_list_without_a_change_of_consent_and_a_refusal_names_those_that_do_not_exist()
    {
        await _klaviyo.ImportAsync(3);
        var consents = _klaviyo.Sandbox.State.Consents();
        var members = await _klaviyo.Client.GetListMembersAsync(_klaviyo.Key, PracticeStore.Newsletter, default).ToListAsync();
        var ids = members.ConvertAll(member => member.ProfileId);

        var refused = await _klaviyo.Client.AddToListAsync(
            _klaviyo.Key,
            PracticeStore.DoubleOptInList,
            [ids[0], "01GONE", ids[1]],
            default
        );
        var added = await _klaviyo.Client.AddToListAsync(_klaviyo.Key, PracticeStore.DoubleOptInList, ids, default);

        Assert.Equal([1], refused.Refusal!.Errors.Select(error => error.DataIndex));
        Assert.Equal(ids.Count, added.ValueOrThrow());
        Assert.Subset(
            _klaviyo.Sandbox.State.Members(PracticeStore.DoubleOptInList).Select(member => member.Id).ToHashSet(),
            ids.ToHashSet()
        );
        Assert.Equal(consents, _klaviyo.Sandbox.State.Consents());
    }

    [Fact]
    public async Task A_thousand_profiles_are_removed_in_one_call_without_a_change_of_consent()
    {
        await _klaviyo.ImportAsync(1200);
        var consents = _klaviyo.Sandbox.State.Consents();
        var members = await _klaviyo.Client.GetListMembersAsync(_klaviyo.Key, PracticeStore.Newsletter, default).ToListAsync();
        var leaving = members.Take(1000).Select(member => member.ProfileId).ToList();

        var removed = (await _klaviyo.Client.RemoveFromListAsync(_klaviyo.Key, PracticeStore.Newsletter, leaving, default)).ValueOrThrow();

        Assert.Equal(1000, removed);
        Assert.Equal(
            members.Skip(1000).Select(member => member.ProfileId).Order(),
            _klaviyo.Sandbox.State.Members(PracticeStore.Newsletter).Select(member => member.Id).Order()
        );
        Assert.Equal(consents, _klaviyo.Sandbox.State.Consents());
    }

    [Fact]
    public async Task A_canceled_job_is_finished()
    {
        _klaviyo.Sandbox.Faults.Add(new Fault(FaultKind.JobCancelled));

        var job = (await _klaviyo.Client.GetImportJobAsync(_klaviyo.Key, await _klaviyo.ImportAsync(10), default)).ValueOrThrow();

        Assert.Equal(ImportJobStatus.Cancelled, job.Status);
        Assert.True(job.IsOver);
    }

    [Fact]
    public async Task The_largest_body_within_our_limits_is_accepted()
    {
        using var writer = new ProfileWriter([ProfilePath.Email]);
        var most = Enumerable
            .Range(0, KlaviyoLimits.ProfilesPerImport)
            .Select(i => (ReadOnlyMemory<byte>)writer.Write($"p{i}@import.example"));
        using var wide = new ProfileWriter([ProfilePath.Email, ProfilePath.Parse("properties.note")]);
        var frame = wide.Write("p00@import.example", "x").Length - 1;
        var longest = Enumerable
            .Range(0, 49)
            .Select(i => (ReadOnlyMemory<byte>)wide.Write($"p{i:00}@import.example", new string('x', KlaviyoLimits.ProfileBytes - frame)));

        Assert.True(
            (await _klaviyo.Client.ImportAsync(_klaviyo.Key, ImportBody.Assemble(PracticeStore.Newsletter, most), default)).Succeeded
        );
        Assert.True(
            (await _klaviyo.Client.ImportAsync(_klaviyo.Key, ImportBody.Assemble(PracticeStore.Newsletter, longest), default)).Succeeded
        );
    }

    [Fact]
    public async Task Every_attribute_that_can_be_mapped_is_accepted_by_Klaviyo()
    {
        var paths = ProfilePath.Standard.Append(ProfilePath.Parse("properties.Омиљена боја")).ToList();
        using var writer = new ProfileWriter(paths);
        var profile = writer.Write([
            .. paths.Select(path =>
                (object)(
                    path.Path switch
                    {
                        "email" => "all@import.example",
                        "phone_number" => "+381641234567",
                        "locale" => "sr-RS",
                        "location.latitude" or "location.longitude" => 44.8125,
                        "location.timezone" => "Europe/Belgrade",
                        _ => "вредност",
                    }
                )
            ),
        ]);

        (await _klaviyo.Client.ImportAsync(_klaviyo.Key, ImportBody.Assemble(PracticeStore.Newsletter, [profile]), default)).ValueOrThrow();
        _klaviyo.Sandbox.State.FinishJobs();

        var member = _klaviyo.Sandbox.State.Members(PracticeStore.Newsletter).Single(member => member.Email == "all@import.example");
        Assert.Equal("+381641234567", member.PhoneNumber);
        Assert.Contains("Омиљена боја", System.Text.RegularExpressions.Regex.Unescape(member.Attributes), StringComparison.Ordinal);
    }
}
