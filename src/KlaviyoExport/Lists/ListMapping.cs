using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KlaviyoExport.Lists;

internal sealed class ListMapping
    : IEntityTypeConfiguration<Delivered>,
        IEntityTypeConfiguration<ListCheck>,
        IEntityTypeConfiguration<ListDifference>
{
    public void Configure(EntityTypeBuilder<Delivered> builder)
    {
        builder.ToTable("Delivered");
        builder.HasKey(delivered => new { delivered.ExportId, delivered.EmailHash });
        builder.HasOne<Export>().WithMany().HasForeignKey(delivered => delivered.ExportId).OnDelete(DeleteBehavior.Cascade);
        builder.Property(delivered => delivered.EmailHash).HasMaxLength(16);
        builder.HasIndex(delivered => delivered.LeavingRunId);
    }

    public void Configure(EntityTypeBuilder<ListCheck> builder)
    {
        builder.ToTable("ListChecks");
        builder.HasOne<Run>().WithMany().HasForeignKey(check => check.RunId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(check => new { check.RunId, check.Id });
        builder.HasIndex(check => check.State);
    }

    public void Configure(EntityTypeBuilder<ListDifference> builder)
    {
        builder.ToTable("ListDifferences");
        builder.HasOne<ListCheck>().WithMany().HasForeignKey(difference => difference.CheckId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(difference => new
        {
            difference.CheckId,
            difference.Kind,
            difference.Id,
        });
        builder.Property(difference => difference.KlaviyoId).HasMaxLength(40);
    }
}
