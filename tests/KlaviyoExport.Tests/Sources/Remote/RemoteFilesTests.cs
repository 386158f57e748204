using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Remote;

namespace KlaviyoExport.Tests.Sources.Remote;

public sealed class RemoteFilesTests
{
    private static RemoteFiles Bucket =>
        new()
        {
            Region = "eu-central-1",
            Container = "crm-exports",
            User = "AKIA",
        };

    private static RemoteFiles Account => new() { Endpoint = "https://crm.blob.core.windows.net", Container = "exports" };

    [Theory]
    [InlineData("http://store.example", "Sources.HttpNotAllowed")]
    [InlineData("ftp://store.example", "Sources.EndpointInvalid")]
    [InlineData("store.example", "Sources.EndpointInvalid")]
    [InlineData("https://user:secret@store.example", "Sources.EndpointInvalid")]
    [InlineData("https://store.example/?sig=secret", "Sources.EndpointInvalid")]
    [InlineData("https://store.example/bucket", "Sources.EndpointInvalid")]
    public void An_unsafe_endpoint_is_refused_without_repeating_secrets(string endpoint, string message)
    {
        var refused = Assert.Throws<SourceException>(() => (Bucket with { Endpoint = endpoint }).Checked(SourceKind.S3));

        Assert.Equal(message, refused.LocalizedMessage.Code);
        Assert.DoesNotContain("secret@", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sig=", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_identity_of_the_machine_is_used_only_with_the_clouds_themselves()
    {
        var machine = new RemoteFiles { SignIn = RemoteSignIn.MachineIdentity };
        Assert.False((Bucket with { SignIn = machine.SignIn }).Checked(SourceKind.S3).NeedsSecret);
        Assert.False((Account with { SignIn = machine.SignIn }).Checked(SourceKind.AzureBlob).NeedsSecret);
        Refused(
            SourceKind.S3,
            Bucket with
            {
                SignIn = machine.SignIn,
                Endpoint = "https://store.example",
            },
            "Sources.MachineIdentityElsewhere"
        );
        Refused(
            SourceKind.AzureBlob,
            Account with
            {
                SignIn = machine.SignIn,
                Endpoint = "https://blob.core.windows.net.attacker.example",
            },
            "Sources.MachineIdentityElsewhere"
        );
    }

    [Fact]
    public async Task The_identity_of_the_machine_is_used_only_when_the_operator_permits_it()
    {
        await using var store = await SourceStore.CreateAsync();
        var draft = new SourceDraft
        {
            Name = "x",
            Kind = SourceKind.S3,
            KeyColumns = ["id"],
            Remote = Bucket with { SignIn = RemoteSignIn.MachineIdentity },
        };

        Assert.StartsWith(
            "Sources may not use the identity of the machine.",
            await SourceStore.RefusalAsync(() =>
                store.Sources.SaveAsync(SourceStore.Administrator, draft, TestContext.Current.CancellationToken)
            ),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_address_of_a_data_lake_becomes_that_of_its_blobs() =>
        Assert.Equal(
            "https://crm.blob.core.windows.net",
            (Account with { Endpoint = "https://crm.dfs.core.windows.net/" }).Checked(SourceKind.AzureBlob).Endpoint
        );

    [Fact]
    public void What_is_missing_or_invalid_is_named()
    {
        Refused(SourceKind.S3, Bucket with { Region = null }, "Sources.RegionNeeded");
        Refused(SourceKind.S3, Bucket with { Region = "eu.attacker.example/" }, "Sources.RegionInvalid");
        Refused(SourceKind.S3, Bucket with { Container = "s3://crm" }, "Sources.BucketInvalid");
        Refused(SourceKind.S3, Bucket with { Container = "a/../b" }, "Sources.BucketInvalid");
        Refused(SourceKind.S3, Bucket with { Container = " " }, "Sources.BucketNeeded");
        Refused(SourceKind.S3, Bucket with { User = null }, "Sources.AccessKeyNeeded");
        Refused(SourceKind.S3, Bucket with { SignIn = RemoteSignIn.Password }, "Sources.SignInInvalid");
        Refused(SourceKind.S3, Bucket with { Pattern = "a/*.csv" }, "Sources.PatternInvalid");
        Refused(SourceKind.S3, Bucket with { Folder = new string('x', 901) }, "Sources.FolderInvalid");
        Refused(SourceKind.AzureBlob, Account with { Endpoint = null }, "Sources.AccountNeeded");
        Refused(SourceKind.AzureBlob, Account with { Container = "Exports" }, "Sources.ContainerInvalid");
        Refused(SourceKind.Sftp, new RemoteFiles { User = "x" }, "Sources.HostNeeded");
        Refused(SourceKind.Sftp, new RemoteFiles { Host = "a b", User = "x" }, "Sources.HostInvalid");
        Refused(
            SourceKind.Sftp,
            new RemoteFiles
            {
                Host = "a",
                User = "x",
                Port = 0,
            },
            "Sources.PortInvalid"
        );
        Refused(
            SourceKind.Sftp,
            new RemoteFiles
            {
                Host = "a",
                User = "x",
                HostKey = "MD5:00",
            },
            "Sources.HostKeyInvalid"
        );
        Refused(SourceKind.Sftp, new RemoteFiles { Host = "a" }, "Sources.UserNeeded");
    }

    [Fact]
    public void A_secret_is_used_again_only_for_the_same_server_and_user()
    {
        var kept = Bucket.Checked(SourceKind.S3);
        Assert.True((kept with { Container = "other", Folder = "x", Region = "us-east-1" }).TakesSecretOf(kept));
        Assert.False((kept with { User = "other" }).TakesSecretOf(kept));
        Assert.False((kept with { Endpoint = "https://store.example" }).TakesSecretOf(kept));
        var sftp = new RemoteFiles
        {
            Host = "a",
            User = "x",
            HostKey = "SHA256:" + new string('A', 43),
        }.Checked(SourceKind.Sftp);
        Assert.True((sftp with { Folder = "/other" }).TakesSecretOf(sftp));
        Assert.False((sftp with { Port = 2222 }).TakesSecretOf(sftp));
        Assert.False((sftp with { HostKey = "SHA256:" + new string('B', 43) }).TakesSecretOf(sftp));
    }

    [Fact]
    public async Task The_newest_file_is_chosen_and_of_equal_times_the_last_name()
    {
        var day = new DateTimeOffset(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);
        RemoteFile[] files =
        [
            new("in/c.csv", 1, day, "1"),
            new("in/2026-11-22/a.csv", 1, day.AddDays(2), "1"),
            new("in/2026-11-22/b.csv", 1, day.AddDays(2), "1"),
            new("in/new.pdf", 1, day.AddDays(9), "1"),
            new("in/.hidden.csv", 1, day.AddDays(9), "1"),
            new("in/_temporary.csv", 1, day.AddDays(9), "1"),
        ];

        var found = await RemoteFindings.OfAsync(files.ToAsyncEnumerable(), new RemoteFiles(), "x");

        Assert.Equal(["in/2026-11-22/b.csv"], found.Read.Select(file => file.Name));
        Assert.Equal((3L, "b.csv a.csv c.csv"), (found.Count, string.Join(' ', found.Newest.Select(file => file.LastPart))));
    }

    [Fact]
    public async Task Too_many_files_are_refused_and_the_newest_of_very_many_is_found()
    {
        var many = AsyncEnumerable
            .Range(0, 10_001)
            .Select(i => new RemoteFile($"{i:D6}.csv", 1, DateTimeOffset.UnixEpoch.AddSeconds(i), "1"));

        var newest = await RemoteFindings.OfAsync(many, new RemoteFiles(), "x");
        var refused = await Assert.ThrowsAsync<SourceException>(() =>
            RemoteFindings.OfAsync(many, new RemoteFiles { Choice = RemoteChoice.All }, "x")
        );

        Assert.Equal("010000.csv", newest.Read.Single().Name);
        Assert.Equal("Sources.TooManyFiles", refused.LocalizedMessage.Code);
    }

    private static void Refused(SourceKind kind, RemoteFiles files, string message) =>
        Assert.Equal(message, Assert.Throws<SourceException>(() => files.Checked(kind)).LocalizedMessage.Code);
}
