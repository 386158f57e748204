using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Runs;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Delivery.LookAhead;

/// <summary>Imports one profile and follows its job to the end.</summary>
internal sealed class TestImport(KlaviyoClient klaviyo, IOptions<DeliveryOptions> options, KlaviyoTime klaviyoTime, TimeProvider clock)
{
    // A person waits for the answer. The jobs of a run get more time.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public async Task<TestProfileResult> RunAsync(
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
            if (!answer.Refusal.MayHaveArrived)
                await announced.WithdrawAsync(cancellationToken);
            if (answer.Refusal.Kind != KlaviyoRefusalKind.Invalid)
                throw Refusals.OfBatch(answer.Refusal, listId);
            var said = answer.Refusal.Errors is [var first, ..] ? first : null;
            return new TestProfileResult(TestOutcome.Refused)
            {
                KlaviyoCode = said?.Code,
                Detail = KlaviyoMessages.Said(answer.Refusal),
                IsOnList = await IsOnListAsync(drafted, row, cancellationToken),
            };
        }

        var job = await EndOfAsync(credential, answer.Value.JobId, cancellationToken);
        if (job is not { Status: ImportJobStatus.Complete })
            return new TestProfileResult(job is null ? TestOutcome.JobUnfinished : TestOutcome.JobCanceled)
            {
                JobId = answer.Value.JobId,
                IsOnList = await IsOnListAsync(drafted, row, cancellationToken),
            };
        if (job.Failed > 0)
        {
            await announced.WithdrawAsync(cancellationToken);
            var error = await FirstErrorAsync(credential, job.Id, cancellationToken);
            return new TestProfileResult(TestOutcome.Refused)
            {
                JobId = job.Id,
                KlaviyoCode = error?.Code,
                Detail = error is null ? null : Redaction.WithoutAddresses(error.Detail),
                IsOnList = await IsOnListAsync(drafted, row, cancellationToken),
            };
        }
        var start = answer.Value is { IsOnlyOne: true, CreatedAt: { } createdAt } ? createdAt : from;
        await announced.DeliveredAsync(new DeliveryWindow(start, job.CompletedAt ?? klaviyoTime.GetUtcNow()), cancellationToken);
        return new TestProfileResult(TestOutcome.Accepted)
        {
            JobId = job.Id,
            IsOnList = await IsOnListAsync(drafted, row, cancellationToken),
        };
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

    private async Task<ImportError?> FirstErrorAsync(KlaviyoCredential credential, string jobId, CancellationToken cancellationToken)
    {
        await foreach (var error in klaviyo.GetImportErrorsAsync(credential, jobId, cancellationToken))
            return error;
        return null;
    }

    private async Task<bool?> IsOnListAsync(DraftedExport drafted, BatchRow row, CancellationToken cancellationToken) =>
        (await klaviyo.FindListMembersAsync(drafted.Credential, drafted.Export.ListId, [row.Email], cancellationToken)).Value?.Any();
}
