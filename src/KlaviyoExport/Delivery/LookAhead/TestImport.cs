using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Delivery.LookAhead;

/// <summary>Imports one profile and follows its job to the end.</summary>
internal sealed class TestImport(KlaviyoClient klaviyo, IOptions<DeliveryOptions> options, KlaviyoTime klaviyoTime, TimeProvider clock)
{
    // A person waits for the answer. The jobs of a run get more time.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Sends the profile. As in a run, it is sent again without the values that Klaviyo refuses, if the rules of the export allow that.
    /// </summary>
    public async Task<TestProfileResult> RunAsync(
        DraftedExport drafted,
        BatchRow row,
        AnnouncedTest announced,
        CancellationToken cancellationToken
    )
    {
        var tally = new FieldTally();
        var values = new RefusedValues(drafted.Export, tally);
        for (var round = 0; ; round++)
        {
            var (result, refused) = await SendOnceAsync(drafted, row, announced, cancellationToken);
            if (round < ResentProfiles.MostRounds && refused.Count > 0 && values.LeaveOut(row, refused) is { } without)
            {
                row = without;
                continue;
            }
            if (result is { Outcome: TestOutcome.Refused, MayHaveArrived: false })
                await announced.WithdrawAsync(cancellationToken);
            return result with
            {
                WithoutValues = [.. tally.Kinds.Select(kind => new ValueEffect(kind.Attribute, kind.Effect))],
                IsOnList = await IsOnListAsync(drafted, row, cancellationToken),
            };
        }
    }

    /// <returns>What became of the profile, and what Klaviyo refused of it.</returns>
    private async Task<(TestProfileResult Result, IReadOnlyList<RefusedValue> Refused)> SendOnceAsync(
        DraftedExport drafted,
        BatchRow row,
        AnnouncedTest announced,
        CancellationToken cancellationToken
    )
    {
        var (credential, listId) = (drafted.Credential, drafted.Export.ListId);
        var from = klaviyoTime.GetUtcNow();
        var answer = await SendAsync(drafted, row, announced, cancellationToken);
        if (!answer.Succeeded)
        {
            var refusal = answer.Refusal;
            if (refusal.Kind is not (KlaviyoRefusalKind.Invalid or KlaviyoRefusalKind.Conflict) || refusal.IsListMissing)
            {
                if (!refusal.MayHaveArrived)
                    await announced.WithdrawAsync(cancellationToken);
                throw Refusals.OfBatch(refusal, listId);
            }
            var said = refusal.Errors is [var first, ..] ? first : null;
            return (
                new TestProfileResult(TestOutcome.Refused)
                {
                    KlaviyoCode = said?.Code,
                    Detail = KlaviyoMessages.Said(refusal),
                    MayHaveArrived = refusal.MayHaveArrived,
                },
                [
                    .. refusal
                        .Errors.Where(error => error.ProfileIndex == 0)
                        .Select(error => new RefusedValue(error.Field, error.IsDuplicate)),
                ]
            );
        }

        var job = await EndOfAsync(credential, answer.Value.JobId, cancellationToken);
        if (job is not { Status: ImportJobStatus.Complete })
            return (
                new TestProfileResult(job is null ? TestOutcome.JobUnfinished : TestOutcome.JobCanceled) { JobId = answer.Value.JobId },
                []
            );
        if (job.Failed > 0)
        {
            var errors = await ErrorsAsync(credential, job.Id, cancellationToken);
            var error = errors is [var one, ..] ? one : null;
            return (
                new TestProfileResult(TestOutcome.Refused)
                {
                    JobId = job.Id,
                    KlaviyoCode = error?.Code,
                    Detail = error is null ? null : Redaction.WithoutAddresses(error.Detail),
                },
                errors.ConvertAll(refused => new RefusedValue(refused.Field, refused.IsDuplicate))
            );
        }
        var start = answer.Value is { IsOnlyOne: true, CreatedAt: { } createdAt } ? createdAt : from;
        await announced.DeliveredAsync(row, new DeliveryWindow(start, job.CompletedAt ?? klaviyoTime.GetUtcNow()), cancellationToken);
        return (new TestProfileResult(TestOutcome.Accepted) { JobId = job.Id }, []);
    }

    private async Task<KlaviyoAnswer<ImportReceipt>> SendAsync(
        DraftedExport drafted,
        BatchRow row,
        AnnouncedTest announced,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await klaviyo.ImportAsync(drafted.Credential, ImportBody.Assemble(drafted.Export.ListId, [row.Json]), cancellationToken);
        }
        catch (Exception fault) when (fault is KlaviyoUnavailableException { MayHaveArrived: false } or KlaviyoCallNotSentException)
        {
            await announced.WithdrawAsync(cancellationToken);
            throw;
        }
    }

    /// <returns>The job when it has ended. Null when it has not ended in time.</returns>
    private async Task<ImportJob?> EndOfAsync(KlaviyoCredential credential, string jobId, CancellationToken cancellationToken)
    {
        var begun = clock.GetTimestamp();
        while (clock.GetElapsedTime(begun) < Patience)
        {
            var job = (await klaviyo.GetImportJobAsync(credential, jobId, cancellationToken)).ValueOrThrow();
            if (job.IsOver)
                return job;
            await Task.Delay(options.Value.PollInterval, clock, cancellationToken);
        }
        return null;
    }

    private async Task<List<ImportError>> ErrorsAsync(KlaviyoCredential credential, string jobId, CancellationToken cancellationToken)
    {
        var errors = new List<ImportError>();
        await foreach (var error in klaviyo.GetImportErrorsAsync(credential, jobId, cancellationToken))
            errors.Add(error);
        return errors;
    }

    private async Task<bool?> IsOnListAsync(DraftedExport drafted, BatchRow row, CancellationToken cancellationToken) =>
        (await klaviyo.FindListMembersAsync(drafted.Credential, drafted.Export.ListId, [row.Email], cancellationToken)).Value?.Any();
}
