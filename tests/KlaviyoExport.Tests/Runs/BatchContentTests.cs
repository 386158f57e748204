using System.IO.Compression;
using System.Text;
using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using KlaviyoExport.Tests.Delivery;

namespace KlaviyoExport.Tests.Runs;

public sealed class BatchContentTests
{
    [Fact]
    public async Task A_batch_that_an_older_version_prepared_can_still_be_sent()
    {
        await using var bench = await Workbench.CreateAsync([]);
        var secrets = bench.Product.Get<SecretProtector>();
        using var packed = new MemoryStream();
        packed.WriteByte(1);
        await using (var compressed = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        await using (var writer = new BinaryWriter(compressed, Encoding.UTF8))
        {
            writer.Write7BitEncodedInt(2);
            foreach (var number in new[] { 7, 8 })
            {
                writer.Write7BitEncodedInt64(number);
                writer.Write($"k{number}");
                writer.Write($"a{number}@x.example");
                writer.Write7BitEncodedInt(2);
                writer.Write("{}"u8);
            }
        }

        var rows = BatchContent.Open(secrets.ProtectPayload(packed.ToArray()), secrets);

        Assert.Equal(
            [(7, "k7", "a7@x.example", null), (8, "k8", "a8@x.example", (byte[]?)null)],
            rows.Select(row => (row.Ordinal, row.Key, row.Email, row.PreparedHash))
        );
    }

    [Fact]
    public async Task The_hash_of_what_was_prepared_is_kept()
    {
        await using var bench = await Workbench.CreateAsync([]);
        var secrets = bench.Product.Get<SecretProtector>();
        var hash = Enumerable.Range(1, 16).Select(number => (byte)number).ToArray();

        var rows = BatchContent.Open(
            BatchContent.Seal(
                [new BatchRow(0, "a", "a@x.example", [1, 2]) { PreparedHash = hash }, new BatchRow(1, "b", "b@x.example", [3])],
                secrets
            ),
            secrets
        );

        Assert.Equal(hash, rows[0].PreparedHash!);
        Assert.Null(rows[1].PreparedHash);
        Assert.Equal([3], rows[1].Json);
    }
}
