using KlaviyoExport.Klaviyo;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Tests.OpenApi;

namespace KlaviyoExport.Tests.Klaviyo;

/// <summary>Compares every request of the client, and every answer, with Klaviyo's published description, if that is available.</summary>
public sealed class KlaviyoContractTests : IAsyncLifetime
{
    private readonly ContractHandler _contract = new(new SocketsHttpHandler());
    private SandboxFixture _klaviyo = null!;
    private ClientRig _rig = null!;

    private KlaviyoClient Client => _rig.Client;

    private KlaviyoCredential Key => _klaviyo.Key;

    public async ValueTask InitializeAsync()
    {
        _klaviyo = await SandboxFixture.StartAsync();
        _rig = new ClientRig(_klaviyo.Sandbox.BaseAddress.ToString(), null, _contract);
    }

    public async ValueTask DisposeAsync()
    {
        _rig.Dispose();
        await _klaviyo.DisposeAsync();
        _contract.Dispose();
    }

    [Fact]
    public async Task Every_call_conforms_to_the_description()
    {
        var job = (await Client.ImportAsync(Key, Body(250), default)).ValueOrThrow().JobId;
        _klaviyo.Sandbox.State.FinishJobs();

        Assert.True((await Client.GetAccountAsync(Key, default)).Succeeded);
        Assert.True((await Client.GetListAsync(Key, PracticeStore.Newsletter, false, default)).Succeeded);
        Assert.True((await Client.GetListAsync(Key, PracticeStore.Newsletter, true, default)).Succeeded);
        Assert.NotEmpty(await Client.GetListsAsync(Key, default).ToListAsync());
        Assert.True((await Client.GetImportJobAsync(Key, job, default)).Succeeded);
        Assert.Equal(job, (await Client.GetImportJobsAsync(Key, null, default).SingleAsync()).Id);
        Assert.Equal(125, (await Client.GetImportErrorsAsync(Key, job, default).ToListAsync()).Count);
        var members = await Client.GetListMembersAsync(Key, PracticeStore.Newsletter, default).ToListAsync();
        List<string> three = [.. members.Select(member => member.ProfileId).Take(3)];
        Assert.NotEmpty(
            await Client.GetListMembersAsync(Key, PracticeStore.Newsletter, DateTimeOffset.UtcNow.AddSeconds(-60), default).ToListAsync()
        );
        Assert.True((await Client.FindListMembersAsync(Key, PracticeStore.WinBack, [members[0].Email!], default)).Succeeded);
        Assert.True((await Client.AddToListAsync(Key, PracticeStore.DoubleOptInList, three, default)).Succeeded);
        Assert.True((await Client.FindConsentAsync(Key, "spam@practice.example", default)).Succeeded);
        Assert.True((await Client.FindConsentAsync(Key, "nobody@practice.example", default)).Succeeded);
        Assert.True(
            (
                await Client.RemoveFromListAsync(Key, PracticeStore.Newsletter, [.. members.Select(member => member.ProfileId)], default)
            ).Succeeded
        );

        // Two pages of lists, errors and members, the members twice, two consents, and one of each other call.
        Assert.Empty(_contract.Faults);
        Assert.Equal(OpenApiSlices.Available ? 19 : 0, _contract.Checked);
    }

    [Fact]
    public async Task Every_attribute_the_product_can_map_is_described()
    {
        var paths = ProfilePath.Standard.Append(ProfilePath.Parse("properties.Loyalty tier")).ToList();
        using var writer = new ProfileWriter(paths);
        var profile = writer.Write([
            .. paths.Select(path =>
                (object)(
                    path.Path switch
                    {
                        "email" => "all@contract.example",
                        "phone_number" => "+381641234567",
                        "location.latitude" or "location.longitude" => 12.5,
                        _ => "x",
                    }
                )
            ),
        ]);

        Assert.True((await Client.ImportAsync(Key, ImportBody.Assemble(PracticeStore.Newsletter, [profile]), default)).Succeeded);

        Assert.Empty(_contract.Faults);
        Assert.Equal(OpenApiSlices.Available ? 1 : 0, _contract.Checked);
    }

    /// <summary>The sandbox accepts every second address at first and refuses it later.</summary>
    private static byte[] Body(int count)
    {
        using var writer = new ProfileWriter([
            ProfilePath.Email,
            ProfilePath.Parse("location.city"),
            ProfilePath.Parse("properties.Points"),
        ]);
        return ImportBody.Assemble(
            PracticeStore.Newsletter,
            Enumerable
                .Range(0, count)
                .Select(i =>
                    (ReadOnlyMemory<byte>)writer.Write($"p{i}@{(i % 2 == 0 ? "contract.example" : "async-fail.example")}", "Ниш", i)
                )
        );
    }
}
