using System.Security.Cryptography;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using Azure.Storage.Blobs;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Remote;

namespace KlaviyoExport.Tests.Sources.Remote;

/// <summary>A bucket, a container or a folder of its own in a real store, deleted with the test.</summary>
internal abstract class RemotePlace : IAsyncDisposable
{
    protected string Name { get; } = $"t{Guid.NewGuid():N}"[..20];

    public static async Task<RemotePlace> CreateAsync(SourceKind kind)
    {
        RemotePlace place = kind switch
        {
            SourceKind.S3 => new S3Place(),
            SourceKind.AzureBlob => new AzurePlace(),
            _ => new SftpPlace(),
        };
        await place.PrepareAsync();
        return place;
    }

    /// <summary>A draft that reads all files of the place whose names start with "in/".</summary>
    public abstract SourceDraft Draft();

    public abstract Task PutAsync(string name, byte[] content);

    public abstract Task DeleteAsync(string name);

    public Task PutAsync(string name, string content) => PutAsync(name, Encoding.UTF8.GetBytes(content));

    public abstract ValueTask DisposeAsync();

    protected abstract Task PrepareAsync();

    protected static SourceDraft Draft(SourceKind kind, string secret, RemoteFiles files) =>
        new()
        {
            Name = "Customers",
            Kind = kind,
            KeyColumns = ["id"],
            Password = secret,
            Remote = files,
        };

    private sealed class S3Place : RemotePlace
    {
        private readonly AmazonS3Client _client = new(
            "S3RVER",
            "S3RVER",
            new AmazonS3Config
            {
                ServiceURL = TestStores.Find().S3,
                AuthenticationRegion = "us-east-1",
                ForcePathStyle = true,
                RequestChecksumCalculation = Amazon.Runtime.RequestChecksumCalculation.WHEN_REQUIRED,
            }
        );

        public override SourceDraft Draft() =>
            Draft(
                SourceKind.S3,
                "S3RVER",
                new RemoteFiles
                {
                    Endpoint = TestStores.Find().S3,
                    AllowsHttp = true,
                    UsesPathStyle = true,
                    Container = Name,
                    User = "S3RVER",
                    Folder = "in/",
                    Choice = RemoteChoice.All,
                }
            );

        public override async Task PutAsync(string name, byte[] content)
        {
            using var stream = new MemoryStream(content);
            await _client.PutObjectAsync(
                new PutObjectRequest
                {
                    BucketName = Name,
                    Key = name,
                    InputStream = stream,
                    UseChunkEncoding = false,
                }
            );
        }

        public override Task DeleteAsync(string name) => _client.DeleteObjectAsync(Name, name);

        public override async ValueTask DisposeAsync()
        {
            foreach (var found in (await _client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Name })).S3Objects ?? [])
                await _client.DeleteObjectAsync(Name, found.Key);
            await _client.DeleteBucketAsync(Name);
            _client.Dispose();
        }

        protected override Task PrepareAsync() => _client.PutBucketAsync(Name);
    }

    private sealed class AzurePlace : RemotePlace
    {
        // The key that Azurite publishes for its only account.
        public const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

        private readonly BlobContainerClient _container;

        public AzurePlace() =>
            _container = new BlobContainerClient(
                new Uri($"{TestStores.Find().Azure}/{Name}"),
                new Azure.Storage.StorageSharedKeyCredential("devstoreaccount1", Key)
            );

        public override SourceDraft Draft() =>
            Draft(
                SourceKind.AzureBlob,
                Key,
                new RemoteFiles
                {
                    Endpoint = TestStores.Find().Azure,
                    AllowsHttp = true,
                    Container = Name,
                    Folder = "in/",
                    Choice = RemoteChoice.All,
                }
            );

        public override Task PutAsync(string name, byte[] content) =>
            _container.GetBlobClient(name).UploadAsync(new BinaryData(content), overwrite: true);

        public override Task DeleteAsync(string name) => _container.DeleteBlobAsync(name);

        public override async ValueTask DisposeAsync() => await _container.DeleteAsync();

        protected override Task PrepareAsync() => _container.CreateAsync();
    }

    private sealed class SftpPlace : RemotePlace
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("klaviyo-export-sftp-").FullName;

        public override SourceDraft Draft()
        {
            var sftp = TestStores.Find().Sftp;
            return Draft(
                SourceKind.Sftp,
                File.ReadAllText(Path.Combine(sftp.Keys, "user")),
                new RemoteFiles
                {
                    Host = "127.0.0.1",
                    Port = sftp.Port,
                    User = sftp.User,
                    SignIn = RemoteSignIn.PrivateKey,
                    HostKey = HostKey(sftp),
                    Folder = Path.Combine(_folder, "in"),
                    Choice = RemoteChoice.All,
                }
            );
        }

        public override async Task PutAsync(string name, byte[] content)
        {
            var path = Path.Combine(_folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, content);
        }

        public override Task DeleteAsync(string name)
        {
            File.Delete(Path.Combine(_folder, name));
            return Task.CompletedTask;
        }

        public override ValueTask DisposeAsync()
        {
            Directory.Delete(_folder, recursive: true);
            return ValueTask.CompletedTask;
        }

        protected override Task PrepareAsync()
        {
            Directory.CreateDirectory(Path.Combine(_folder, "in"));
            return Task.CompletedTask;
        }
    }

    /// <summary>The fingerprint of the server's key, as <c>ssh-keygen -lf</c> shows it.</summary>
    public static string HostKey(TestSftp sftp)
    {
        var key = Convert.FromBase64String(File.ReadAllText(Path.Combine(sftp.Keys, "host.pub")).Split(' ')[1]);
        return "SHA256:" + Convert.ToBase64String(SHA256.HashData(key)).TrimEnd('=');
    }
}
