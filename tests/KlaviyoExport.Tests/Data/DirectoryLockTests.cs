using KlaviyoExport.Data;

namespace KlaviyoExport.Tests.Data;

public sealed class DirectoryLockTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("klaviyo-export-test-").FullName;

    [Fact]
    public void One_holder_at_a_time_has_the_directory()
    {
        using (var held = DirectoryLock.TryTake(_directory))
        {
            Assert.NotNull(held);
            Assert.Null(DirectoryLock.TryTake(_directory));
        }
        using var next = DirectoryLock.TryTake(_directory);
        Assert.NotNull(next);
    }

    [Fact]
    public void A_directory_that_cannot_be_written_is_a_fault() =>
        Assert.Contains(
            "cannot be written",
            Assert.Throws<StoreFaultException>(() => DirectoryLock.TryTake("/proc/self")).Message,
            StringComparison.Ordinal
        );

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
