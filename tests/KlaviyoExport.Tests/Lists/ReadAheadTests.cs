using System.Runtime.CompilerServices;
using KlaviyoExport.Lists;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Tests.Lists;

public sealed class ReadAheadTests : IDisposable
{
    private readonly EmailHasher _hasher = new(new byte[32]);
    private int _read;
    private bool _isClosed;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _hasher.Dispose();

    [Fact]
    public async Task Members_come_in_their_order_with_their_addresses_read()
    {
        var members = await Members(3_210).ToListAsync(Cancel);

        Assert.Equal(Enumerable.Range(0, 3_210).Select(number => $"c{number}"), members.Select(member => member.Profile.Key));
        Assert.Equal("customer7@shop.example", members[7].Address.Address);
        Assert.Equal(_hasher.Hash("customer7@shop.example"), members[7].Hash);
    }

    [Fact]
    public async Task An_invalid_address_is_handed_over_as_such()
    {
        var member = await ReadAhead.OfAsync(One(), _hasher, Cancel).SingleAsync(Cancel);

        Assert.Null(member.Address.Address);

        static async IAsyncEnumerable<Profile> One()
        {
            await Task.CompletedTask;
            yield return new Profile("a", ["nobody"]);
        }
    }

    [Fact]
    public async Task A_fault_of_the_source_is_thrown_as_it_is()
    {
        var fault = new InvalidOperationException("The source is gone.");

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(async () => await Members(2_000, fault).ToListAsync(Cancel));

        Assert.Same(fault, thrown);
        Assert.True(_isClosed);
    }

    [Fact]
    public async Task The_source_is_closed_when_the_user_stops_early()
    {
        await foreach (var member in Members(1_000_000))
            if (member.Profile.Key == "c10")
                break;

        Assert.True(_isClosed);
        Assert.InRange(_read, 11, 10_000);
    }

    [Fact]
    public async Task Few_members_with_long_values_are_read_ahead()
    {
        await foreach (var _ in Members(10_000, length: 100_000))
            break;

        Assert.InRange(_read, 1, 20);
    }

    [Fact]
    public async Task Canceling_ends_a_read_that_waits_for_the_source()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var members = ReadAhead.OfAsync(WaitingAsync(stop.Token), _hasher, stop.Token);

        var reading = Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await members.ToListAsync(Cancel));
        await stop.CancelAsync();

        await reading;
        Assert.True(_isClosed);
    }

    private IAsyncEnumerable<AddressedProfile> Members(int count, Exception? fault = null, int length = 0) =>
        ReadAhead.OfAsync(ProfilesAsync(count, fault, length), _hasher, Cancel);

    private async IAsyncEnumerable<Profile> ProfilesAsync(int count, Exception? fault, int length)
    {
        await Task.CompletedTask;
        try
        {
            for (var number = 0; number < count; number++)
            {
                _read++;
                yield return new Profile($"c{number}", [$"customer{number}@shop.example", new string('x', length)]);
            }
            if (fault is not null)
                throw fault;
        }
        finally
        {
            _isClosed = true;
        }
    }

    private async IAsyncEnumerable<Profile> WaitingAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            yield break;
        }
        finally
        {
            _isClosed = true;
        }
    }
}
